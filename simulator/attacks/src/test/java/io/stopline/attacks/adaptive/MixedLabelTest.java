package io.stopline.attacks.adaptive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.guard.LabelMix;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The attacker's form of a label that two members name: the guard's own, and its slopes. */
final class MixedLabelTest {

  private static final int CLASSES = 5;
  private static final LabelMix MIX = new LabelMix(0, 2, 3, 0.7);

  private final double[][] logits = new double[4][CLASSES];

  private double[][] probabilities() {
    double[][] p = new double[logits.length][CLASSES];
    for (int m = 0; m < p.length; m++) {
      double sum = 0;
      for (int c = 0; c < CLASSES; c++) {
        p[m][c] = Math.exp(logits[m][c]);
        sum += p[m][c];
      }
      for (int c = 0; c < CLASSES; c++) {
        p[m][c] /= sum;
      }
    }
    return p;
  }

  private void draw(long seed) {
    Random random = new Random(seed);
    for (double[] row : logits) {
      for (int c = 0; c < CLASSES; c++) {
        row[c] = 2 * random.nextGaussian();
      }
    }
  }

  @Test
  void itIsWhatTheGuardSays() {
    MixedLabel label = new MixedLabel(MIX, CLASSES);
    for (long seed = 0; seed < 20; seed++) {
      draw(seed);
      double[][] p = probabilities();
      float[] mixed = new float[CLASSES];
      int named = MIX.mix(floats(p[0]), floats(p[2]), mixed);

      assertThat(label.look(p)).isEqualTo(named);
      for (int c = 0; c < CLASSES; c++) {
        assertThat(label.probability(c)).isCloseTo(mixed[c], within(1e-5));
      }
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @Test
  void itsSlopesAreThoseOfTheLogarithm() {
    MixedLabel label = new MixedLabel(MIX, CLASSES);
    draw(7);
    int target = 3;
    double step = 1e-5;
    for (int pass = 0; pass < logits.length; pass++) {
      label.look(probabilities());
      float[] slope = new float[CLASSES];
      label.pull(pass, target, 2, slope, 0);
      for (int c = 0; c < CLASSES; c++) {
        logits[pass][c] += step;
        label.look(probabilities());
        double up = Math.log(label.probability(target));
        logits[pass][c] -= 2 * step;
        label.look(probabilities());
        double down = Math.log(label.probability(target));
        logits[pass][c] += step;
        assertThat((double) slope[c]).isCloseTo(2 * (up - down) / (2 * step), within(1e-4));
      }
    }
  }
}
