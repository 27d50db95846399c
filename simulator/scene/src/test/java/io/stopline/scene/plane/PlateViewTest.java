package io.stopline.scene.plane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.Shutter;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.sign.SignArt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

final class PlateViewTest {

  @Property(tries = 200)
  void theHomographyUndoesTheProjection(
      @ForAll @IntRange(max = 1000) int seed,
      @ForAll @DoubleRange(min = 0, max = 1) double u,
      @ForAll @DoubleRange(min = 0, max = 1) double v) {
    Scenario drive = Approach.to(14, seed);
    Shutter shutter = new Shutter(drive);
    Lens lens = shutter.lens();
    Plate plate = new Plate(drive.signs().get(0), SignArt.of(14).outline());
    PlateView view = plate.seenFrom(shutter.view(drive.frames() - 2, 0.2));
    double[] pixel = new double[2];

    assertThat(view.isFront()).isTrue();
    assertThat(view.project(u, v, pixel)).isTrue();
    float px = lens.planeX((float) pixel[0]);
    float py = lens.planeY((float) pixel[1]);
    float unscale = lens.unscale(px * px + py * py);
    double[] h = view.fromDirections();
    double x = px * unscale;
    double y = py * unscale;
    double w = h[6] * x + h[7] * y + h[8];

    assertThat(w).isPositive();
    assertThat((h[0] * x + h[1] * y + h[2]) / w).isCloseTo(u, within(1e-3));
    assertThat((h[3] * x + h[4] * y + h[5]) / w).isCloseTo(v, within(1e-3));
  }
}
