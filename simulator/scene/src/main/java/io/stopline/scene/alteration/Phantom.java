package io.stopline.scene.alteration;

/**
 * No sign but its picture, thrown by a projector on what stands in its place (Nassi et al. 2020):
 * light only, no plate, no pole, no black of its own. In ground truth it is no sign.
 *
 * @param art what is thrown
 * @param seed of what is made up: an advert, a patch
 * @param irradiance of white, share of the daylight, 0..20
 * @param blur how far it is out of focus, share of the square's side, 0..1
 * @param surface what it is thrown on
 */
public record Phantom(Art art, long seed, double irradiance, double blur, Surface surface)
    implements Alteration {
  public Phantom {
    Ranges.check("phantom", "irradiance", irradiance, 0, ProjectedLight.MOST_IRRADIANCE);
    Ranges.check("phantom", "blur", blur, 0, 1);
  }

  /** What is thrown. */
  public enum Art {
    /** The art of the class that the sign would have. */
    SIGN,

    /** An advertising picture. */
    ADVERT,

    /** A patch of coloured light. */
    PATCH
  }

  /** What it is thrown on. */
  public enum Surface {
    /** A pale board, twice as large as the picture. */
    BOARD,

    /** A concrete wall, twice as large as the picture. */
    WALL,

    /** Whatever the camera sees there: a tree, the verge. */
    SCENE
  }

  @Override
  public <R> R choose(Cases<R> cases) {
    return cases.phantom(this);
  }
}
