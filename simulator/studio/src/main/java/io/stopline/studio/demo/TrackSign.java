package io.stopline.studio.demo;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Track;
import io.stopline.sdk.image.Image;
import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The photographs of one real sign, cut out along the outline of its kind and set into the drawn
 * road. The data set's crops are small: near by, the sign looks soft. Thread-safe.
 */
final class TrackSign implements DriveSign {

  /** Share of a crop's side that lies around the sign. */
  private static final double MARGIN = 0.1;

  private static final int SIDE = 192;

  private final Track track;
  private final String name;
  private final SignFace face;

  private TrackSign(Track track, String name, SignFace face) {
    this.track = track;
    this.name = name;
    this.face = face;
  }

  /** Whose outline the signs of a class have, if it is a class that can be shown. */
  static Optional<SignFace> face(int label) {
    for (SignFace f : SignFace.values()) {
      if (f.label() == label) {
        return Optional.of(f);
      }
    }
    return Optional.empty();
  }

  static TrackSign of(Dataset data, Track track) {
    SignFace face =
        face(track.label())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "signs of class %d ('%s') cannot be shown; choose another"
                            .formatted(track.label(), data.classNames().get(track.label()))));
    return new TrackSign(track, data.classNames().get(track.label()), face);
  }

  static TrackSign open(Path folder, String id) {
    Dataset data = Dataset.open(folder);
    for (String split : data.splitNames()) {
      for (Track t : data.split(split).tracks()) {
        if (t.id().equals(id)) {
          return of(data, t);
        }
      }
    }
    throw new IllegalArgumentException(
        "data set '%s' has no track '%s'; see its index.csv".formatted(folder, id));
  }

  /** Its id in the data set. */
  String trackId() {
    return track.id();
  }

  @Override
  public int label() {
    return track.label();
  }

  @Override
  public String title() {
    return name + " (photographs of track " + track.id() + ")";
  }

  @Override
  public double area() {
    return face.area();
  }

  @Override
  public boolean isStill() {
    return false;
  }

  @Override
  public SignPicture picture(int frame, List<Sticker> stickers) {
    int n = track.frames().size();
    Image crop = track.frames().get(Math.min(n - 1, frame * n / DriveUp.FRAMES)).image();
    BufferedImage photo =
        new BufferedImage(crop.width(), crop.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < crop.height(); y++) {
      for (int x = 0; x < crop.width(); x++) {
        photo.setRGB(x, y, crop.rgb(x, y));
      }
    }
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    Shape outline =
        AffineTransform.getScaleInstance(SIDE, SIDE).createTransformedShape(face.outline());
    g.setColor(Color.BLACK);
    g.fill(outline);
    g.setComposite(AlphaComposite.SrcIn);
    double whole = SIDE / (1 - 2 * MARGIN);
    int from = (int) Math.round(-MARGIN * whole);
    g.drawImage(photo, from, from, (int) Math.round(whole), (int) Math.round(whole), null);
    g.dispose();
    return new SignPicture(face.stick(picture, stickers));
  }
}
