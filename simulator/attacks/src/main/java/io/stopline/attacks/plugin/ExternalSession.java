package io.stopline.attacks.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.MarginLoss;
import io.stopline.attacks.Objective;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/** One conversation with an external attack program. Belongs to one thread. */
final class ExternalSession {

  /** Version of the protocol that is spoken here. */
  static final int PROTOCOL = 1;

  /** Candidates in one message, at most. */
  static final int MOST_IMAGES = 64;

  /** Requests that are refused before the program is given up. */
  private static final int MOST_REFUSALS = 1000;

  private static final int SHOWN = 120;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ExternalProgram program;
  private final Victim victim;
  private final Inputs inputs;
  private final Run run;
  private final PixelBudget budget;
  private final ExternalAttack.Access access;
  private final long[] left;
  private final int size;
  private final Objective objective;
  private final float[] results;
  private final boolean[] success;
  private int refusals;
  private int line;

  /** A request that is answered with its reason, and costs nothing. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
      super(reason);
    }
  }

  ExternalSession(
      ExternalProgram program,
      Victim victim,
      Inputs inputs,
      Run run,
      PixelBudget budget,
      ExternalAttack.Access access,
      int queries) {
    this.program = program;
    this.victim = victim;
    this.inputs = inputs;
    this.run = run;
    this.budget = budget;
    this.access = access;
    this.left = new long[inputs.count()];
    Arrays.fill(left, queries);
    this.size = inputs.shape().size();
    this.objective = victim.objective(inputs, new MarginLoss(), null);
    this.results = inputs.images().clone();
    this.success = new boolean[inputs.count()];
  }

  /** Room for the largest message, base64 and some words. */
  static int longestLine(ImageShape shape) {
    return (int) Math.min(1 << 30, 6L * shape.size() * MOST_IMAGES + 10_000);
  }

  Attack.Outcome hold() {
    offer();
    while (true) {
      String text = program.receive(run.cancelled());
      if (text == null) {
        if (run.cancelled().getAsBoolean()) {
          break;
        }
        throw program.failure(
            "ended its output without {\"type\":\"done\"} after %d lines".formatted(line));
      }
      line++;
      if (text.isBlank()) {
        continue;
      }
      JsonNode message = parse(text);
      String type = message.path("type").asText();
      if (type.equals("done")) {
        break;
      }
      try {
        switch (type) {
          case "query" -> program.send(query(message).toString());
          case "propose" -> program.send(propose(message).toString());
          default -> throw garbage("is of type '%s'; there are query, propose and done", type);
        }
      } catch (Refused e) {
        if (++refusals > MOST_REFUSALS) {
          throw program.failure(
              "made more than %d requests that were refused, the last because %s"
                  .formatted(MOST_REFUSALS, e.getMessage()));
        }
        program.send(
            JSON.createObjectNode()
                .put("type", "refused")
                .put("reason", String.valueOf(e.getMessage()))
                .toString());
      }
    }
    return new Attack.Outcome(results, success);
  }

  private void offer() {
    ObjectNode hello = JSON.createObjectNode();
    ImageShape shape = inputs.shape();
    hello.put("type", "hello").put("protocol", PROTOCOL);
    hello.putArray("shape").add(shape.height()).add(shape.width()).add(shape.channels());
    hello.put("classes", victim.classes());
    hello.put("norm", budget.norm().name().toLowerCase(Locale.ROOT));
    hello.put("eps", budget.epsilon());
    hello.put("rounding", budget.rounding());
    hello.put("access", access.name().toLowerCase(Locale.ROOT));
    hello.put("queries", left.length == 0 ? 0 : left[0]);
    hello.put("inputs", inputs.count());
    program.send(hello.toString());
    for (int row = 0; row < inputs.count(); row++) {
      ObjectNode input = JSON.createObjectNode();
      input.put("type", "input").put("input", row).put("label", inputs.labels()[row]);
      // Fits every language's integers; the same whatever inputs share the batch.
      input.put("seed", RandomStream.derive(run.seed(), inputs.ids()[row]) >>> 33);
      input.put("image", encode(inputs.images(), row * size, size));
      program.send(input.toString());
    }
    program.send("{\"type\":\"go\"}");
  }

  private ObjectNode query(JsonNode message) throws Refused {
    int row = row(message);
    float[] images = images(message, "images");
    int count = images.length / size;
    boolean gradient = message.path("gradient").asBoolean(false);
    boolean scores = message.path("scores").asBoolean(false);
    require(!gradient || access == ExternalAttack.Access.GRADIENTS, "gradients are not given");
    require(!scores || access != ExternalAttack.Access.LABELS, "scores are not given");
    spend(row, count);
    int[] rows = new int[count];
    Arrays.fill(rows, row);
    Objective.Answers answers = Objective.Answers.room(count, inputs.shape(), gradient);
    objective.evaluate(rows, images, answers);
    ObjectNode answer = JSON.createObjectNode();
    answer.put("type", "answer").put("input", row).put("left", left[row]);
    ArrayNode successes = answer.putArray("success");
    for (int i = 0; i < count; i++) {
      successes.add(answers.success()[i]);
    }
    if (access != ExternalAttack.Access.LABELS) {
      ArrayNode losses = answer.putArray("loss");
      for (int i = 0; i < count; i++) {
        losses.add(answers.loss()[i]);
      }
    }
    if (scores) {
      float[] logits = new float[count * victim.classes()];
      victim.scores().logits(images, count, logits);
      answer.put("scores", encode(logits, 0, logits.length));
    }
    float[] slopes = answers.gradient();
    if (slopes != null) {
      answer.put("gradients", encode(slopes, 0, count * size));
    }
    return answer;
  }

  private ObjectNode propose(JsonNode message) throws Refused {
    int row = row(message);
    float[] image = images(message, "image");
    require(image.length == size, "a proposal is one image");
    spend(row, 1);
    ObjectNode judged = JSON.createObjectNode();
    judged.put("type", "judged").put("input", row).put("left", left[row]);
    try {
      budget.assertWithin(inputs.rows(new int[] {row}), image);
    } catch (IllegalStateException e) {
      return judged.put("valid", false).put("success", false).put("reason", e.getMessage());
    }
    Objective.Answers answers = Objective.Answers.room(1, inputs.shape(), false);
    objective.evaluate(new int[] {row}, image, answers);
    boolean fell = answers.success()[0];
    if (fell || !success[row]) {
      System.arraycopy(image, 0, results, row * size, size);
      success[row] = fell;
    }
    report();
    return judged.put("valid", true).put("success", fell);
  }

  private void report() {
    int done = 0;
    for (boolean fell : success) {
      done += fell ? 1 : 0;
    }
    run.progress().accept((double) done / success.length);
  }

  private int row(JsonNode message) {
    JsonNode row = message.path("input");
    if (!row.isInt() || row.asInt() < 0 || row.asInt() >= inputs.count()) {
      throw garbage("names input %s; there are 0 to %d", row, inputs.count() - 1);
    }
    return row.asInt();
  }

  private float[] images(JsonNode message, String field) throws Refused {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(message.path(field).asText());
    } catch (IllegalArgumentException e) {
      throw garbage(
          "has a field '%s' that is no base64 (%s)", field, String.valueOf(e.getMessage()));
    }
    int each = size * Float.BYTES;
    if (bytes.length == 0 || bytes.length % each != 0 || bytes.length / each > MOST_IMAGES) {
      throw garbage(
          "has %d bytes in '%s'; an image is %d bytes, and a message takes 1 to %d of them",
          bytes.length, field, each, MOST_IMAGES);
    }
    float[] images = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(images);
    for (float value : images) {
      require(value >= 0 && value <= 1, "a value lies outside 0..1");
    }
    return images;
  }

  private void spend(int row, int count) throws Refused {
    require(
        left[row] >= count,
        "input %d has %d queries left, %d were asked for".formatted(row, left[row], count));
    left[row] -= count;
  }

  private static void require(boolean condition, String otherwise) throws Refused {
    if (!condition) {
      throw new Refused(otherwise);
    }
  }

  private JsonNode parse(String text) {
    try {
      JsonNode message = JSON.readTree(text);
      if (message.isObject()) {
        return message;
      }
    } catch (JsonProcessingException e) {
      throw garbage("is no JSON: %s", shorten(text));
    }
    throw garbage("is no JSON object: %s", shorten(text));
  }

  private ExternalAttackException garbage(String what, Object... arguments) {
    return program.failure("line %d %s".formatted(line, what.formatted(arguments)));
  }

  private static String shorten(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  private static String encode(float[] values, int from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values, from, count);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
