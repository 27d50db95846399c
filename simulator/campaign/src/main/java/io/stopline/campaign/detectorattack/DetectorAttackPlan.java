package io.stopline.campaign.detectorattack;

import java.util.function.BooleanSupplier;

/**
 * How a run goes.
 *
 * @param threshold from which on a detection counts, 0..1
 * @param effort of each search
 * @param judgeDraws fresh draws of place, size and light that each painting is judged over, 0 or
 *     more
 * @param controls objects that the controls are made of, 0 or more
 * @param seed of all random draws
 * @param cancelled asked now and then; when true the run ends with what it has
 */
public record DetectorAttackPlan(
    AttackGoal goal,
    PatchSetting setting,
    ObjectSearch.Effort effort,
    double threshold,
    int judgeDraws,
    int controls,
    long seed,
    BooleanSupplier cancelled) {}
