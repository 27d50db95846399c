package io.stopline.config;

import io.stopline.sdk.guard.GuardPolicy;

/**
 * A guard policy and where its calibration is kept.
 *
 * @param file relative to the bundle
 * @param policy what the guard does
 * @param calibration file, relative to the bundle; exists once the policy was calibrated
 */
public record PolicyFile(String file, GuardPolicy policy, String calibration) {}
