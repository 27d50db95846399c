package io.stopline.scene.roadside;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.camera.Shutter;
import io.stopline.scene.camera.View;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.scenario.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A country road with its surroundings, made from a scenario's seed. Immutable. */
public final class Roadside implements Backdrop {

  private final Ground ground;
  private final ShadowMap shadows;
  private final Daylight day;
  private final List<Standing> things;

  /**
   * @param shutter of the scenario's camera
   */
  public Roadside(Scenario scenario, Shutter shutter, Daylight day) {
    this.day = day;
    Lens lens = shutter.lens();
    double from = scenario.vehicle().fromMetres();
    double to = scenario.vehicle().toMetres();
    double side = Math.atan(lens.unscale(4) * lens.planeX(lens.width())) + 0.05;
    double turned = scenario.vehicle().curvaturePerMetre();
    double first = turned * from;
    double last = turned * to;
    double circle = 2 * Math.PI;
    if (Math.max(Math.abs(first), Math.abs(last)) >= circle) {
      first = Math.min(first, last) < 0 ? -circle : 0;
      last = Math.max(turned * from, turned * to) > 0 ? circle : 0;
    }
    double[] azimuths = {Math.min(first, last) - side, Math.max(first, last) + side};
    double pitch = Math.toRadians(scenario.camera().pitchDegrees());
    double rise = lens.planeY(lens.height()) * lens.unscale(4);
    double[] slopes = {-0.015, Math.max(0.1, Math.tan(Math.atan(rise * 1.08) + pitch) + 0.03)};
    Panorama panorama = new Panorama(day, scenario.seed(), lens.focal(), azimuths, slopes);
    shadows = new ShadowMap(from - 20, to + 300);
    things = new Scenery(scenario, shutter, day, shadows).place();
    ground = new Ground(new CrossSection(scenario.seed()), panorama, day);
  }

  @Override
  public Shown seenFrom(View view) {
    List<Standing.Shown> shown = shown(things, view, day);
    return band -> {
      ground.paint(view, band, shadows);
      for (Standing.Shown thing : shown) {
        thing.paint(band);
      }
    };
  }

  /** What of some things a camera sees, the farthest first. */
  static List<Standing.Shown> shown(List<? extends Standing> things, View view, Daylight day) {
    List<Standing.Shown> shown = new ArrayList<>();
    for (Standing thing : things) {
      Standing.Shown seen = thing.along() > view.along() ? thing.seenFrom(view, day) : null;
      if (seen != null) {
        shown.add(seen);
      }
    }
    shown.sort(Comparator.comparingDouble((Standing.Shown s) -> -s.depth()));
    return shown;
  }
}
