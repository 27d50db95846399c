package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Shares of tracks out of a campaign's rows. The track is the trial: each is another drive.
 *
 * @param rows all of them
 */
public record Figures(List<Row> rows) {

  public Figures {
    rows = List.copyOf(rows);
  }

  /**
   * A share of tracks.
   *
   * @param guard its name, or {@link Row#UNDEFENDED}
   * @param of {@link Row#CLEAN}, {@link Row#BENIGN} or the name of an attacker
   * @param alteration only tracks with this one; null for all
   * @param condition only tracks under this one; null for all
   */
  public Rate rate(
      Figure figure,
      String guard,
      String of,
      @Nullable String alteration,
      @Nullable String condition) {
    long tracks = 0;
    long count = 0;
    for (Row row : rows) {
      if (row.guard().equals(guard)
          && row.isOf(of)
          && (alteration == null || row.alteration().equals(alteration))
          && (condition == null || row.condition().equals(condition))) {
        tracks++;
        count += figure.counts(row) ? 1 : 0;
      }
    }
    return Rate.of(count, tracks);
  }

  /** Names that rows have, in the order in which they first come. */
  public List<String> names(Function<Row, String> name) {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.add(name.apply(row)));
    names.remove("");
    return List.copyOf(names);
  }

  /**
   * What reports say of one guard, or of bare models: shares of tracks by {@code of} and by
   * alteration and condition.
   */
  public ObjectNode toJson(String guard) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (String of : variants()) {
      ObjectNode one = node.putObject(of);
      put(one, guard, of, null, null);
      if (!of.equals(Row.CLEAN)) {
        ObjectNode kinds = one.putObject("byAlteration");
        for (String alteration : names(Row::alteration)) {
          put(kinds.putObject(alteration), guard, of, alteration, null);
        }
      }
      ObjectNode conditions = one.putObject("byCondition");
      for (String condition : names(Row::condition)) {
        put(conditions.putObject(condition), guard, of, null, condition);
      }
    }
    return node;
  }

  /** {@link Row#CLEAN}, {@link Row#BENIGN}, then the attackers. */
  public List<String> variants() {
    Set<String> of = new LinkedHashSet<>(List.of(Row.CLEAN, Row.BENIGN));
    of.addAll(names(Row::attacker));
    return List.copyOf(of);
  }

  private void put(
      ObjectNode node,
      String guard,
      String of,
      @Nullable String alteration,
      @Nullable String condition) {
    for (Figure figure : Figure.values()) {
      node.set(figure.id(), rate(figure, guard, of, alteration, condition).toJson());
    }
  }

  /** The three figures of a release: over all drives with something on the sign, and clean ones. */
  public ObjectNode manoeuvres(String guard) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("signRunRate", share(guard, Figure.SIGN_RUN).toJson());
    node.set("lateRate", share(guard, Figure.LATE).toJson());
    node.set("falseBrakingRate", share(guard, Figure.FALSE_BRAKING).toJson());
    return node;
  }

  private Rate share(String guard, Figure figure) {
    List<Row> chosen = rows.stream().filter(row -> row.guard().equals(guard)).toList();
    return Rate.of(chosen.stream().filter(figure::counts).count(), chosen.size());
  }

  /** The rows as an array. */
  public ArrayNode drives() {
    ArrayNode drives = JsonNodeFactory.instance.arrayNode();
    rows.forEach(row -> drives.add(row.toJson()));
    return drives;
  }
}
