package io.stopline.scene.alteration;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import io.stopline.scene.alteration.Alteration.Advert;
import io.stopline.scene.alteration.Alteration.Poster;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Printed sheets as layers over a face: ARGB, not premultiplied, transparent around the sheet. */
final class Print {

  /** Vector art is drawn at this many pixels a face's pixel at least, then averaged. */
  private static final int OVERSAMPLING = 2;

  private static final long LARGEST_FILE = 64L << 20;

  private Print() {}

  /**
   * @throws IllegalArgumentException if the image cannot be read
   */
  static int[] of(Poster poster, int side) {
    int w = (int) Math.max(1, Math.ceil(poster.width() * side));
    int h = (int) Math.max(1, Math.ceil(poster.height() * side));
    BufferedImage picture = read(poster.image(), OVERSAMPLING * w, OVERSAMPLING * h);
    // Halved until it is less than twice too large, so that no detail is jumped over.
    while (picture.getWidth() > 2 * w || picture.getHeight() > 2 * h) {
      picture =
          scaled(
              picture,
              picture.getWidth() > 2 * w ? (picture.getWidth() + 1) / 2 : picture.getWidth(),
              picture.getHeight() > 2 * h ? (picture.getHeight() + 1) / 2 : picture.getHeight());
    }
    BufferedImage layer = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = graphics(layer);
    AffineTransform place =
        Shapes.place(
            poster.x(), poster.y(), poster.width(), poster.height(), poster.rotationDegrees());
    g.scale(side, side);
    g.transform(place);
    g.drawImage(
        picture,
        AffineTransform.getScaleInstance(1.0 / picture.getWidth(), 1.0 / picture.getHeight()),
        null);
    g.dispose();
    return layer.getRGB(0, 0, side, side, null, 0, side);
  }

  private static BufferedImage scaled(BufferedImage from, int w, int h) {
    BufferedImage to = new BufferedImage(w, h, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = graphics(to);
    g.drawImage(from, 0, 0, w, h, null);
    g.dispose();
    return to;
  }

  private static Graphics2D graphics(BufferedImage picture) {
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    return g;
  }

  private static BufferedImage read(Path file, int svgWidth, int svgHeight) {
    try {
      if (!Files.isRegularFile(file)) {
        throw unreadable(file, "there is no such file", null);
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw unreadable(file, "it is larger than 64 MiB", null);
      }
      Path name = file.getFileName();
      if (name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(".svg")) {
        SVGDocument document = new SVGLoader().load(file.toUri().toURL());
        if (document == null) {
          throw unreadable(file, "it is no SVG that can be drawn", null);
        }
        BufferedImage picture = new BufferedImage(svgWidth, svgHeight, BufferedImage.TYPE_INT_ARGB);
        Graphics2D g = graphics(picture);
        // Drawn at its own shape, stretched to the sheet.
        double w = document.size().width;
        double h = document.size().height;
        g.scale(svgWidth / w, svgHeight / h);
        document.render(null, g, new ViewBox((float) w, (float) h));
        g.dispose();
        return picture;
      }
      return raster(file);
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static BufferedImage raster(Path file) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw unreadable(file, "it is no image of a known kind", null);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        // Before anything is allocated for its pixels.
        Image.checkSize(reader.getWidth(0), reader.getHeight(0));
        return reader.read(0);
      } catch (RuntimeException e) {
        throw unreadable(file, String.valueOf(e.getMessage()), e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static IllegalArgumentException unreadable(
      Path file, String why, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "poster's image '%s' cannot be read: %s; name a PNG, JPEG or SVG file".formatted(file, why),
        cause);
  }

  /** A rounded label in two colours: an emblem, and bars where words would stand. */
  static int[] of(Advert advert, int side) {
    RandomStream random = new RandomStream(RandomStream.derive(advert.seed(), 1));
    double hue = random.nextDouble();
    Color ground = Color.getHSBColor((float) hue, (float) random.uniform(0.55, 0.85), 0.85f);
    Color ink = random.nextInt(2) == 0 ? new Color(0xf2, 0xf0, 0xe6) : new Color(0x22, 0x24, 0x2c);
    Color accent = Color.getHSBColor((float) (hue + random.uniform(0.3, 0.6)), 0.75f, 0.9f);
    BufferedImage layer = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = graphics(layer);
    g.scale(side, side);
    AffineTransform place = AffineTransform.getTranslateInstance(advert.x(), advert.y());
    place.rotate(Math.toRadians(advert.rotationDegrees()));
    place.translate(-advert.width() / 2, -advert.height() / 2);
    g.transform(place);
    double w = advert.width();
    double h = advert.height();
    double s = Math.min(w, h);
    g.setColor(ground);
    g.fill(new RoundRectangle2D.Double(0, 0, w, h, 0.3 * s, 0.3 * s));
    g.clip(new RoundRectangle2D.Double(0, 0, w, h, 0.3 * s, 0.3 * s));
    g.setColor(ink);
    g.setStroke(new BasicStroke((float) (0.05 * s)));
    g.draw(
        new RoundRectangle2D.Double(
            0.06 * s, 0.06 * s, w - 0.12 * s, h - 0.12 * s, 0.22 * s, 0.22 * s));
    boolean wide = w >= h;
    double ex = wide ? 0.5 * h : 0.5 * w;
    double ey = wide ? 0.5 * h : 0.5 * w;
    emblem(g, random.nextInt(3), ex, ey, 0.28 * s, accent, ink);
    double left = wide ? 0.92 * h : 0.18 * w;
    double top = wide ? 0.22 * h : 0.92 * w;
    double right = w - 0.18 * s;
    double bottom = h - 0.22 * s;
    g.setColor(ink);
    if (right - left > 0.2 * s && bottom - top > 0.1 * s) {
      int lines = 2 + random.nextInt(2);
      double step = (bottom - top) / lines;
      for (int i = 0; i < lines; i++) {
        double length = (right - left) * random.uniform(0.55, 1);
        g.fill(
            new Rectangle2D.Double(
                left, top + step * (i + 0.2), length, step * (i == 0 ? 0.62 : 0.4)));
      }
    }
    g.dispose();
    return layer.getRGB(0, 0, side, side, null, 0, side);
  }

  private static void emblem(
      Graphics2D g, int kind, double x, double y, double r, Color fill, Color line) {
    g.setColor(fill);
    if (kind == 0) {
      g.fill(new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r));
      g.setColor(line);
      g.fill(new Ellipse2D.Double(x - 0.4 * r, y - 0.4 * r, 0.8 * r, 0.8 * r));
      return;
    }
    int tips = kind == 1 ? 5 : 8;
    Path2D star = new Path2D.Double();
    for (int i = 0; i < 2 * tips; i++) {
      double a = Math.PI * i / tips - Math.PI / 2;
      double d = i % 2 == 0 ? r : (kind == 1 ? 0.45 : 0.75) * r;
      if (i == 0) {
        star.moveTo(x + d * Math.cos(a), y + d * Math.sin(a));
      } else {
        star.lineTo(x + d * Math.cos(a), y + d * Math.sin(a));
      }
    }
    star.closePath();
    g.fill(star);
  }
}
