package io.stopline.attacks.physical;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Options;
import io.stopline.attacks.ThreatModel;
import io.stopline.autodiff.ImageShape;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes adversarial patches. */
public final class PatchProvider implements AttackProvider {

  private static final SearchPlan PLAN =
      new SearchPlan(1, 0, 160, 0.08, 1, 4, 12, 50, 0.95, Viewing.DRIVE);

  @Override
  public String name() {
    return "patch";
  }

  @Override
  public String summary() {
    return "adversarial patch under expectation over transformation (Brown et al. 2017)";
  }

  @Override
  public Attack create(Map<String, String> given) {
    Options options = new Options(name(), given);
    double area = options.number("area", 0.05, 1e-4, 1);
    Place place = Place.of(options.text("place", "centre"));
    Ink ink = options.flag("print", false) ? Ink.FILM : Ink.ANY;
    PhysicalAttack.Common common = PhysicalAttack.Common.of(options, false);
    SearchPlan plan = SearchPlan.of(options, PLAN);
    options.end();
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("area", area);
    own.put("place", place.text());
    own.put("print", ink == Ink.FILM);
    return new PhysicalAttack(
        name(),
        ThreatModel.Capability.PATCH,
        area,
        own,
        shape -> painter(shape, area, place, ink),
        plan,
        common);
  }

  private static Painter painter(ImageShape shape, double area, Place place, Ink ink) {
    int side = (int) Math.floor(Math.sqrt(area * shape.height() * shape.width()));
    side = Math.min(side, Math.min(shape.height(), shape.width()));
    if (side < 1) {
      throw new IllegalArgumentException(
          "attack 'patch': area %s of an image of %d×%d is less than a pixel; choose a larger one"
              .formatted(area, shape.height(), shape.width()));
    }
    return new PatchPainter(
        shape,
        side,
        ink,
        place.anywhere(),
        corner(place.x(), side, shape.width()),
        corner(place.y(), side, shape.height()));
  }

  private static int corner(double middle, int side, int length) {
    return Math.max(0, Math.min(length - side, (int) Math.round(middle * length - side / 2.0)));
  }

  /**
   * Where a patch is.
   *
   * @param anywhere in each draw somewhere else
   * @param x of its middle, share of the width
   * @param y share of the height
   */
  record Place(String text, boolean anywhere, double x, double y) {

    static Place of(String text) {
      if (text.equals("random")) {
        return new Place(text, true, 0.5, 0.5);
      }
      if (text.equals("centre") || text.equals("center")) {
        return new Place("centre", false, 0.5, 0.5);
      }
      String[] parts = text.split(",", -1);
      try {
        if (parts.length == 2) {
          double x = Double.parseDouble(parts[0].strip());
          double y = Double.parseDouble(parts[1].strip());
          if (x >= 0 && x <= 1 && y >= 0 && y <= 1) {
            return new Place(text, false, x, y);
          }
        }
      } catch (NumberFormatException e) {
        throw refused(text, e);
      }
      throw refused(text, null);
    }

    private static IllegalArgumentException refused(
        String text, @org.jspecify.annotations.Nullable Throwable cause) {
      return new IllegalArgumentException(
          "attack 'patch': option place is '%s'; allowed: random, centre, or X,Y of the patch's"
                  .formatted(text)
              + " middle as shares of width and height, such as 0.5,0.3",
          cause);
    }
  }
}
