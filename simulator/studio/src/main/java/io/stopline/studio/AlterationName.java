package io.stopline.studio;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Infrared;
import io.stopline.scene.alteration.Laser;
import io.stopline.scene.alteration.LensDots;
import io.stopline.scene.alteration.Phantom;
import io.stopline.scene.alteration.ProjectedLight;
import io.stopline.scene.alteration.Reflector;
import io.stopline.scene.alteration.Ring;
import io.stopline.scene.alteration.Stripes;

/** What kinds of alterations are called in scenario files. Stateless. */
final class AlterationName implements Alteration.Cases<String> {

  @Override
  public String stickers(Alteration.Stickers alteration) {
    return "stickers";
  }

  @Override
  public String graffiti(Alteration.Graffiti alteration) {
    return "graffiti";
  }

  @Override
  public String shadow(Alteration.Shadow alteration) {
    return "shadow";
  }

  @Override
  public String poster(Alteration.Poster alteration) {
    return "poster";
  }

  @Override
  public String advert(Alteration.Advert alteration) {
    return "advert";
  }

  @Override
  public String light(ProjectedLight alteration) {
    return "light";
  }

  @Override
  public String laser(Laser alteration) {
    return "laser";
  }

  @Override
  public String ring(Ring alteration) {
    return "ring";
  }

  @Override
  public String stripes(Stripes alteration) {
    return "stripes";
  }

  @Override
  public String infrared(Infrared alteration) {
    return "infrared";
  }

  @Override
  public String reflector(Reflector alteration) {
    return "reflector";
  }

  @Override
  public String lensDots(LensDots alteration) {
    return "lensDots";
  }

  @Override
  public String phantom(Phantom alteration) {
    return "phantom";
  }
}
