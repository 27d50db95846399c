package io.stopline.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Real {@code .tflite} files with weights set by hand, for tests of what runs models. A test in
 * {@code simulator/training} writes them again, byte by byte.
 */
public final class ToyModels {

  /** The kinds of objects that {@link #finder()} tells apart, one a line. */
  public static final String FINDER_LABELS = "red thing\n";

  /** The classes of {@link #verifier()}, one a line. */
  public static final String VERIFIER_LABELS = "no sign\nsign\n";

  private ToyModels() {}

  /**
   * A detector with a heat map: 1×128×192×3 float32 of 0..1 in, stride 8. Finds what is redder than
   * its surroundings; each box has 24 px of input a side.
   */
  public static byte[] finder() {
    return read("toy-finder.tflite");
  }

  /**
   * A classifier of two classes: 1×16×16×3 float32 of 0..1 in. What is red on average is a sign.
   */
  public static byte[] verifier() {
    return read("toy-verifier.tflite");
  }

  /** The parts of a policy that use both. */
  public static final String POLICY =
      """
      finder: {detector: toy-finder, threshold: 0.3, maximum: 32, margin: 0.125}
      sign: {verifier: toy-verifier, minimumProbability: 0.5, confirmAfter: 2, lostAfter: 5}
      """;

  /**
   * A policy that uses both, if {@link #addTo} put them into its bundle.
   *
   * @param policy text of a policy; its own finder and verifier are taken out
   */
  public static String using(String policy) {
    return withoutFinder(policy) + POLICY;
  }

  /**
   * A policy by which colour and shape find signs and everything is taken for one.
   *
   * @param policy its text
   */
  public static String withoutFinder(String policy) {
    return PolicyText.without(policy, "finder", "sign");
  }

  /**
   * Writes both models, their manifests and labels into the folder of a bundle, which is to be
   * sealed anew then.
   */
  public static void addTo(Path bundle) {
    add(bundle, "toy-finder", finder(), FINDER_LABELS, "kind: detector\noutput: heat-map\n");
    add(bundle, "toy-verifier", verifier(), VERIFIER_LABELS, "output: probabilities\n");
  }

  private static void add(Path bundle, String name, byte[] model, String labels, String output) {
    try {
      Files.write(bundle.resolve("models/" + name + ".tflite"), model);
      Files.writeString(bundle.resolve("models/" + name + ".labels.txt"), labels);
      Files.writeString(
          bundle.resolve("models/" + name + ".yaml"),
          """
          schema: 1
          file: models/%s.tflite
          sha256: "%s"
          %slabels: models/%s.labels.txt
          input: {low: 0, high: 1}
          licence: "none"
          reference: {seed: 7, count: 3, tolerance: 0.002}
          """
              .formatted(name, sha256(model), output, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256, lower-case hexadecimal. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
  }

  private static byte[] read(String name) {
    try (InputStream in = ToyModels.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing; build the module again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
