package io.stopline.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that judges a drive by a guard, once a seed. The method takes a {@link DrivenSign}.
 *
 * <pre>{@code
 * @Drive(scenario = "src/test/scenarios/stop.yaml", bundle = "my-bundle", seeds = {1, 2, 3},
 *     attack = "stickers")
 * void noWrongLabelPassesUnnoticed(DrivenSign sign) {
 *   assertFalse(sign.undetected());
 * }
 * }</pre>
 *
 * <p>The whole pipeline that an agent runs judges every frame, and so do its bare models. A failure
 * names the scenario that was driven, with what was found for it, and the command that drives it
 * again.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(DriveExtension.class)
public @interface Drive {

  /** No attack: the sign stays as the scenario has it. */
  String NONE = "";

  /** A scenario file, from the folder that the build runs in. Its first sign is approached. */
  String scenario();

  /** A bundle's folder, or a shipped bundle's name where the property stopline.root is set. */
  String bundle() default "traffic-signs";

  /** A policy of the bundle; empty for its default. */
  String policy() default "";

  /**
   * One invocation each: of roadside and sensor noise, the attacker's search, the guard's draws.
   */
  long[] seeds() default {1};

  /**
   * What an attacker may put on the sign, as campaign files name it: stickers, shadow and so on.
   */
  String attack() default NONE;

  /** Share of the sign that may be covered, above 0 to 1. */
  double areaShare() default 0.15;

  /** Whether the attacker asks the whole guard instead of the bare models. */
  boolean knowsGuard() default false;

  /** Views that the attacker may ask for, at least 100. */
  long queries() default 1000;

  /** From a label to full braking, s. */
  double reactionSeconds() default 0.5;

  /** Deceleration, m/s². */
  double brakingMetresPerSecondSquared() default 6;
}
