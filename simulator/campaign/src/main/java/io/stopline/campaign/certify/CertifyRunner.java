package io.stopline.campaign.certify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.robustness.RunFolder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Certifies inputs one by one. A proof depends on nothing but file, picture and seed, so it does
 * not matter where a run was interrupted. Belongs to one thread.
 *
 * @param <F> what is proved of one input
 */
public final class CertifyRunner<F> {

  /**
   * How a proof is kept.
   *
   * @param name of the part of the run that it belongs to: a model, a setting
   * @param id of its input
   */
  public record Keeping<F>(
      String name,
      ToLongFunction<F> id,
      Function<F, ObjectNode> write,
      Function<JsonNode, F> read) {}

  private static final int FLUSH = 20;

  private final Keeping<F> keeping;
  private final @Nullable RunFolder folder;
  private final BooleanSupplier cancelled;

  /**
   * @param folder where finished inputs are kept; null to keep nothing
   * @param cancelled asked before each input; when true the run ends with what it has
   */
  public CertifyRunner(Keeping<F> keeping, @Nullable RunFolder folder, BooleanSupplier cancelled) {
    this.keeping = keeping;
    this.folder = folder;
    this.cancelled = cancelled;
  }

  /**
   * Certifies all inputs that are not finished yet.
   *
   * @param ids of the inputs, in their order
   * @param certify the input of a row
   * @param share told the share of the work that is done, 0..1
   * @return in the order of the inputs; fewer if the run was cancelled
   */
  public List<F> run(long[] ids, IntFunction<F> certify, DoubleConsumer share) {
    Map<Long, F> done = new HashMap<>();
    if (folder != null) {
      for (JsonNode line : folder.lines()) {
        if (line.path("of").asText().equals(keeping.name())) {
          for (JsonNode each : line.path("inputs")) {
            F proof = keeping.read().apply(each);
            done.put(keeping.id().applyAsLong(proof), proof);
          }
        }
      }
    }
    List<F> pending = new ArrayList<>();
    for (int i = 0; i < ids.length && !cancelled.getAsBoolean(); i++) {
      if (!done.containsKey(ids[i])) {
        F proof = certify.apply(i);
        done.put(ids[i], proof);
        pending.add(proof);
        if (pending.size() == FLUSH) {
          keep(pending);
        }
      }
      share.accept((i + 1.0) / ids.length);
    }
    keep(pending);
    List<F> ordered = new ArrayList<>();
    for (long id : ids) {
      F proof = done.get(id);
      if (proof != null) {
        ordered.add(proof);
      }
    }
    return ordered;
  }

  private void keep(List<F> pending) {
    if (folder != null && !pending.isEmpty()) {
      ObjectNode line = JsonNodeFactory.instance.objectNode().put("of", keeping.name());
      pending.forEach(proof -> line.withArray("inputs").add(keeping.write().apply(proof)));
      folder.append(line);
    }
    pending.clear();
  }
}
