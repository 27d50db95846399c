package io.stopline.sdk.pipeline;

/**
 * What the witnesses of a pipeline have seen and raised since it was made; each line of hidden
 * signs and of phantoms counts a part of the line above it. Tracks count when they end.
 *
 * @param looks frames at which colour and shape looked
 * @param lookNanos time that took, ns
 * @param proposals what they saw there
 * @param inspections of what the detector did not report
 * @param tracks what they saw often enough to be an object
 * @param unreported and the detector never reported
 * @param persistent and was large enough often enough
 * @param moving and moved as a thing beside the road does
 * @param hiddenSigns and was surely a sign: incidents
 * @param accepted tracks of the detector whose label was accepted and that are not suspect
 * @param unsupported of these, those that colour and shape never saw
 * @param oddMotion of these, those that move as nothing beside the road does
 * @param phantoms incidents of either
 */
public record WitnessCounts(
    long looks,
    long lookNanos,
    long proposals,
    long inspections,
    long tracks,
    long unreported,
    long persistent,
    long moving,
    long hiddenSigns,
    long accepted,
    long unsupported,
    long oddMotion,
    long phantoms) {

  /** Both together, as of two pipelines. */
  public WitnessCounts plus(WitnessCounts other) {
    return new WitnessCounts(
        looks + other.looks,
        lookNanos + other.lookNanos,
        proposals + other.proposals,
        inspections + other.inspections,
        tracks + other.tracks,
        unreported + other.unreported,
        persistent + other.persistent,
        moving + other.moving,
        hiddenSigns + other.hiddenSigns,
        accepted + other.accepted,
        unsupported + other.unsupported,
        oddMotion + other.oddMotion,
        phantoms + other.phantoms);
  }
}
