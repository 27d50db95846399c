package io.stopline.attacks.physical;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Options;
import io.stopline.attacks.ThreatModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes stickers on a mask. */
public final class Rp2Provider implements AttackProvider {

  /** Above and below what is written on a sign, as in the study's camouflage. */
  private static final String BARS = "0.2,0.2,0.6,0.12;0.2,0.68,0.6,0.12";

  private static final SearchPlan PLAN =
      new SearchPlan(1, 0, 160, 0.06, 1, 4, 12, 50, 0.95, Viewing.DRIVE);

  @Override
  public String name() {
    return "rp2";
  }

  @Override
  public String summary() {
    return "printable stickers on a mask under changing views (RP2, Eykholt et al. 2018)";
  }

  @Override
  public Attack create(Map<String, String> given) {
    Options options = new Options(name(), given);
    String file = options.text("mask", "");
    String rectangles = options.text("rectangles", BARS);
    if (!file.isEmpty() && options.has("rectangles")) {
      throw new IllegalArgumentException(
          "attack 'rp2': give mask or rectangles, not both; mask is '%s', rectangles is '%s'"
              .formatted(file, rectangles));
    }
    StickerMask mask = file.isEmpty() ? StickerMask.of(rectangles) : StickerMask.of(Path.of(file));
    Ink ink = options.flag("print", true) ? Ink.FILM : Ink.ANY;
    Palette palette = Palette.of(options.text("palette", "inks"), ink);
    boolean snap = options.flag("snap", true);
    int cell = options.integer("cell", 1, 1, 1000);
    double nonPrintability = options.number("nps", 0.3, 0, 1e6);
    double variation = options.number("tv", 0.3, 0, 1e6);
    PhysicalAttack.Common common = PhysicalAttack.Common.of(options, false);
    SearchPlan plan = SearchPlan.of(options, PLAN);
    options.end();
    Map<String, Object> own = new LinkedHashMap<>();
    own.put(file.isEmpty() ? "rectangles" : "mask", mask.name());
    own.put("print", ink == Ink.FILM);
    own.put("palette", palette.name());
    own.put("snap", snap);
    own.put("cell", cell);
    own.put("nps", nonPrintability);
    own.put("tv", variation);
    return new PhysicalAttack(
        name(),
        ThreatModel.Capability.STICKERS,
        mask.covered(),
        own,
        shape ->
            new StickerPainter(
                shape, mask.at(shape), cell, ink, palette, snap, nonPrintability, variation),
        plan,
        common);
  }
}
