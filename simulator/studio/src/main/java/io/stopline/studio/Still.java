package io.stopline.studio;

import io.stopline.campaign.stills.StillDrive;
import io.stopline.evaluation.road.SignBox;
import io.stopline.studio.camera.Film;
import java.util.List;

/**
 * A drive through a photograph, filmed.
 *
 * @param name of the photograph
 * @param signs of the photograph; none where nobody labelled them
 */
record Still(String name, StillDrive drive, List<SignBox> signs, Film film)
    implements AutoCloseable {

  Still {
    signs = List.copyOf(signs);
  }

  @Override
  public void close() {
    film.close();
  }
}
