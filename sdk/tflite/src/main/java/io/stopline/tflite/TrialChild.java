package io.stopline.tflite;

import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.tflite.TrialInference.Ending;
import io.stopline.tflite.TrialInference.Outcome;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** The process in which {@link TrialInference} has models tried; not meant to be called. */
final class TrialChild {

  static final int TOKEN_BYTES = 16;

  /** Stands in each line of this process's own. */
  static final String MARK = " stopline-trial: ";

  private static final int ROUNDS = 4;

  private TrialChild() {}

  /**
   * @param args delegate, threads, batch; the models come on standard input
   */
  public static void main(String[] args) throws IOException {
    RuntimeOptions options =
        new RuntimeOptions(List.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    String token = in.readUTF();
    TfLiteRuntime.load();
    say(token, "ready");
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      String name = in.readUTF();
      byte[] bytes = in.readNBytes(in.readInt());
      Outcome outcome = outcome(name, bytes, options);
      say(token, outcome.ending() + " " + outcome.message().replace('\n', ' '));
    }
    // A library that left threads behind must not keep the child alive.
    Runtime.getRuntime().halt(0);
  }

  /** The outcome that {@link #main} put into a line. */
  static Outcome outcome(String line) {
    String said = line.substring(MARK.strip().length()).strip();
    int end = (said + " ").indexOf(' ');
    return new Outcome(Ending.valueOf(said.substring(0, end)), said.substring(end).strip());
  }

  private static void say(String token, String what) {
    // Native code may have left a line unfinished.
    System.out.println("\n" + token + MARK + what);
    System.out.flush();
  }

  private static Outcome outcome(String name, byte[] bytes, RuntimeOptions options) {
    try (TfLiteModel model = TfLiteModel.loadBuilt(name, bytes, options)) {
      exercise(model);
    } catch (DelegateUnavailableException e) {
      return new Outcome(Ending.NO_DELEGATE, String.valueOf(e.getMessage()));
    } catch (InvalidModelException e) {
      return new Outcome(Ending.REFUSED, String.valueOf(e.getMessage()));
    } catch (InferenceException e) {
      return new Outcome(
          Ending.REFUSED,
          "model '%s' loads but does not run: %s; export it again".formatted(name, e.getMessage()));
    }
    return new Outcome(Ending.RAN, "");
  }

  /** All zero, all ones, and two random inputs; fixed seed, so that a trial repeats exactly. */
  private static void exercise(TfLiteModel model) {
    Random random = new Random(20);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < model.inputs().size(); i++) {
        fill(model.input(i), model.inputs().get(i), round, random);
      }
      model.invoke();
    }
  }

  private static void fill(ByteBuffer input, TensorSpec spec, int round, Random random) {
    while (input.hasRemaining()) {
      if (spec.type() == ElementType.FLOAT32) {
        input.putFloat(round < 2 ? round : random.nextFloat());
      } else {
        input.put((byte) (round < 2 ? -round : random.nextInt()));
      }
    }
  }
}
