package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Phantom;
import java.util.List;

/** How a sign's picture is thrown: irradiance, blur, on what. */
final class PhantomSpace extends NumberSpace {

  private static final double MOST_BLUR = 0.06;

  private static final List<Phantom.Surface> SURFACES = List.of(Phantom.Surface.values());

  /**
   * @param irradiance of white, at most
   */
  PhantomSpace(double irradiance) {
    super(
        List.of(
            Quantity.length(0.2 * irradiance, irradiance),
            Quantity.length(0, MOST_BLUR),
            Quantity.choice(SURFACES.size())),
        List.of(),
        0);
  }

  @Override
  public Alteration decode(double[] v) {
    return new Phantom(Phantom.Art.SIGN, 1, v[0], v[1], SURFACES.get((int) v[2]));
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Phantom p)) {
      throw foreign("a phantom", alteration);
    }
    return kept(new double[] {p.irradiance(), p.blur(), SURFACES.indexOf(p.surface())});
  }

  @Override
  void keep(double[] v) {
    // The bounds are the budget.
  }
}
