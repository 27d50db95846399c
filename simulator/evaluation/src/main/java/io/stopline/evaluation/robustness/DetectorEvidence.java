package io.stopline.evaluation.robustness;

import org.jspecify.annotations.Nullable;

/**
 * All that {@link DetectorFallacies} judges by.
 *
 * @param steps of each search
 * @param withoutGradients why the detector could not be differentiated; empty if it could
 * @param guard null for a bare detector
 */
public record DetectorEvidence(
    DetectorAttackFigures figures,
    int steps,
    String withoutGradients,
    @Nullable DetectorGuardFigures guard) {}
