package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One drive up to one sign as one guard, or the bare models, saw it: a line of a campaign's table.
 *
 * @param track number of the planned track, from 0
 * @param signClass of the German traffic sign benchmark; of a phantom, the class that it pretends
 * @param condition its name
 * @param speedMetresPerSecond of the vehicle
 * @param decisionMetres way to a stand: before this distance a label must be in force
 * @param scenarioSeed of the drive
 * @param alteration its name in the campaign
 * @param variant {@link #CLEAN}, {@link #BENIGN} or {@link #ATTACK}
 * @param attacker name of who searched what is on the sign; empty for clean and benign
 * @param coveredShare of the sign by what is on it, 0..1
 * @param queries views that the search asked for, or looked at with a gradient
 * @param guard its name, or {@link #UNDEFENDED}
 * @param judgedBy the guard beside which bare models were judged; as {@code guard} else
 * @param frames of the drive
 * @param nearFrames in which the sign is near enough that it must be read right
 * @param foundAtMetres where it was first followed; NaN if never
 * @param atDecision what is known at the decision point
 * @param labelAtDecision in force there; −1 for none
 * @param manoeuvre what the vehicle does then
 * @param rightInForce whether the right label came into force at some time
 * @param wrongInForce whether a wrong one did
 * @param wrongLabel the first of these; −1 for none
 * @param suspected whether the sign was suspected at some time
 * @param wrongFrames near frames whose label is wrong (bare), or accepted and wrong (guarded)
 * @param suspectFrames near frames
 * @param abstainedFrames near frames that the guard judged without accepting or suspecting
 * @param allChecksFrames near frames at which all checks of the guard looked: its cost
 * @param smallestPValue of the sign's track over the drive, (0, 1]; NaN for bare models, or where
 *     the guard never judged it
 * @param noticedBy the check that weighed most when the sign was first suspected, or {@code sign}
 *     where it was confirmed and then looked like none; empty if it never was
 * @param smallestMargin of the bare models over near frames: the true class's probability less the
 *     best other one's, −1..1; NaN without near frames
 * @param incidents of the sign
 * @param incidentsElsewhere of anything else
 */
public record Row(
    int track,
    int signClass,
    String condition,
    double speedMetresPerSecond,
    double decisionMetres,
    long scenarioSeed,
    String alteration,
    String variant,
    String attacker,
    double coveredShare,
    long queries,
    String guard,
    String judgedBy,
    int frames,
    int nearFrames,
    double foundAtMetres,
    Standing atDecision,
    int labelAtDecision,
    Manoeuvre manoeuvre,
    boolean rightInForce,
    boolean wrongInForce,
    int wrongLabel,
    boolean suspected,
    int wrongFrames,
    int suspectFrames,
    int abstainedFrames,
    int allChecksFrames,
    double smallestPValue,
    String noticedBy,
    double smallestMargin,
    int incidents,
    int incidentsElsewhere) {

  /** Nothing is on the sign. */
  public static final String CLEAN = "clean";

  /** The innocent counterpart of the first attacker's alteration is on the sign. */
  public static final String BENIGN = "benign";

  /** An attacker's alteration is on the sign. */
  public static final String ATTACK = "attack";

  /** The guard of rows about bare models. */
  public static final String UNDEFENDED = "undefended";

  /** What is on the sign, by whom: {@code clean}, {@code benign}, {@code attack-NAME}. */
  public String name() {
    return name(variant, attacker);
  }

  static String name(String variant, String attacker) {
    return attacker.isEmpty() ? variant : variant + "-" + attacker;
  }

  /** The variant of tracks that a gate or a table calls so: an attacker's name is an attack. */
  public static String variantOf(String of) {
    return of.equals(CLEAN) || of.equals(BENIGN) ? of : ATTACK;
  }

  /** Whether the row is of clean drives, of benign twins, or of this attacker. */
  public boolean isOf(String of) {
    return variant.equals(ATTACK) ? attacker.equals(of) : variant.equals(of);
  }

  /** A field a column, in the table's order. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("track", track)
        .put("signClass", signClass)
        .put("condition", condition)
        .put("speedMetresPerSecond", speedMetresPerSecond)
        .put("decisionMetres", decisionMetres)
        .put("scenarioSeed", scenarioSeed)
        .put("alteration", alteration)
        .put("variant", variant)
        .put("attacker", attacker)
        .put("coveredShare", coveredShare)
        .put("queries", queries)
        .put("guard", guard)
        .put("judgedBy", judgedBy)
        .put("frames", frames)
        .put("nearFrames", nearFrames)
        .put("foundAtMetres", known(foundAtMetres))
        .put("atDecision", atDecision.name())
        .put("labelAtDecision", labelAtDecision)
        .put("manoeuvre", manoeuvre.name())
        .put("rightInForce", rightInForce)
        .put("wrongInForce", wrongInForce)
        .put("wrongLabel", wrongLabel)
        .put("suspected", suspected)
        .put("wrongFrames", wrongFrames)
        .put("suspectFrames", suspectFrames)
        .put("abstainedFrames", abstainedFrames)
        .put("allChecksFrames", allChecksFrames)
        .put("smallestPValue", known(smallestPValue))
        .put("noticedBy", noticedBy)
        .put("smallestMargin", known(smallestMargin))
        .put("incidents", incidents)
        .put("incidentsElsewhere", incidentsElsewhere);
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : (Double) value;
  }

  /** What {@link #toJson} wrote. */
  public static Row of(JsonNode n) {
    return new Row(
        n.path("track").asInt(),
        n.path("signClass").asInt(),
        n.path("condition").asText(),
        n.path("speedMetresPerSecond").asDouble(),
        n.path("decisionMetres").asDouble(),
        n.path("scenarioSeed").asLong(),
        n.path("alteration").asText(),
        n.path("variant").asText(),
        n.path("attacker").asText(),
        n.path("coveredShare").asDouble(),
        n.path("queries").asLong(),
        n.path("guard").asText(),
        n.path("judgedBy").asText(),
        n.path("frames").asInt(),
        n.path("nearFrames").asInt(),
        n.path("foundAtMetres").asDouble(Double.NaN),
        Standing.valueOf(n.path("atDecision").asText()),
        n.path("labelAtDecision").asInt(),
        Manoeuvre.valueOf(n.path("manoeuvre").asText()),
        n.path("rightInForce").asBoolean(),
        n.path("wrongInForce").asBoolean(),
        n.path("wrongLabel").asInt(),
        n.path("suspected").asBoolean(),
        n.path("wrongFrames").asInt(),
        n.path("suspectFrames").asInt(),
        n.path("abstainedFrames").asInt(),
        n.path("allChecksFrames").asInt(),
        n.path("smallestPValue").asDouble(Double.NaN),
        n.path("noticedBy").asText(),
        n.path("smallestMargin").asDouble(Double.NaN),
        n.path("incidents").asInt(),
        n.path("incidentsElsewhere").asInt());
  }
}
