package io.stopline.config.images;

import io.stopline.sdk.image.Image;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;

/** Decodes PNG and JPEG with the readers of the Java runtime, as they are stored, not turned. */
final class ImageIoDecoder {

  private ImageIoDecoder() {}

  /**
   * @param format {@code png} or {@code jpeg}
   * @throws IOException if the header is damaged
   * @throws IllegalArgumentException if there are too many pixels
   */
  static ImageSize size(String format, ImageBytes in) throws IOException {
    ImageReader reader = reader(format);
    try (in) {
      reader.setInput(in, true, true);
      Image.checkSize(reader.getWidth(0), reader.getHeight(0));
      return new ImageSize(reader.getWidth(0), reader.getHeight(0));
    } finally {
      reader.dispose();
    }
  }

  /**
   * @param format {@code png} or {@code jpeg}
   * @param time also asked after each row
   * @param name what to call it in an error
   * @throws IOException if it is damaged
   * @throws SlowImageException if its time is up
   * @throws IllegalArgumentException if there are too many pixels
   * @throws UnusableImageException if pixels are transparent
   */
  static Image decode(String format, ImageBytes in, DecodeTime time, String name)
      throws IOException {
    ImageReader reader = reader(format);
    List<String> damage = new ArrayList<>(0);
    try (in) {
      reader.setInput(in, true, true);
      Image.checkSize(reader.getWidth(0), reader.getHeight(0));
      // Where a JPEG ends too early, the reader only warns and paints the rest grey.
      reader.addIIOReadWarningListener(
          (source, warning) -> {
            String text = warning.toLowerCase(Locale.ROOT);
            if (text.contains("premature end")
                || (text.contains("corrupt jpeg data") && !text.contains("extraneous bytes"))) {
              damage.add(warning);
            }
          });
      reader.addIIOReadProgressListener(new Clock(time));
      BufferedImage buffered = reader.read(0);
      if (!damage.isEmpty()) {
        throw new IOException(damage.get(0));
      }
      return toImage(buffered, name);
    } finally {
      reader.dispose();
    }
  }

  /** Ends a read whose time is up: what a listener throws, {@code read} throws. */
  private record Clock(DecodeTime time) implements IIOReadProgressListener {
    @Override
    public void imageProgress(ImageReader source, float percentageDone) {
      time.check();
    }

    @Override
    public void sequenceStarted(ImageReader source, int minIndex) {}

    @Override
    public void sequenceComplete(ImageReader source) {}

    @Override
    public void imageStarted(ImageReader source, int imageIndex) {}

    @Override
    public void imageComplete(ImageReader source) {}

    @Override
    public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

    @Override
    public void thumbnailProgress(ImageReader source, float percentageDone) {}

    @Override
    public void thumbnailComplete(ImageReader source) {}

    @Override
    public void readAborted(ImageReader source) {}
  }

  private static ImageReader reader(String format) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    if (!readers.hasNext()) {
      throw new IOException("this Java runtime has no reader for " + format);
    }
    return readers.next();
  }

  private static Image toImage(BufferedImage buffered, String name) {
    int width = buffered.getWidth();
    int height = buffered.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(3 * width, height)];
    Raster raster = buffered.getRaster();
    int transparent = 0;
    if (buffered.getType() == BufferedImage.TYPE_3BYTE_BGR
        && raster.getDataBuffer() instanceof DataBufferByte bytes
        && bytes.getData().length == rgb.length) {
      byte[] bgr = bytes.getData();
      for (int i = 0; i < rgb.length; i += 3) {
        rgb[i] = bgr[i + 2];
        rgb[i + 1] = bgr[i + 1];
        rgb[i + 2] = bgr[i];
      }
    } else if (buffered.getColorModel() instanceof ComponentColorModel model) {
      // Samples as they are stored: getRGB would pass grey through a gamma curve.
      int bands = raster.getNumBands();
      int maximum = (1 << model.getComponentSize(0)) - 1;
      int colours = model.hasAlpha() ? bands - 1 : bands;
      int green = colours < 3 ? 0 : 1;
      int blue = colours < 3 ? 0 : 2;
      int[] row = new int[width * bands];
      int k = 0;
      for (int y = 0; y < height; y++) {
        raster.getPixels(0, y, width, 1, row);
        for (int i = 0; i < row.length; i += bands) {
          rgb[k++] = toByte(row[i], maximum);
          rgb[k++] = toByte(row[i + green], maximum);
          rgb[k++] = toByte(row[i + blue], maximum);
          if (model.hasAlpha() && row[i + colours] != maximum) {
            transparent++;
          }
        }
      }
    } else {
      int[] row = new int[width];
      int k = 0;
      for (int y = 0; y < height; y++) {
        buffered.getRGB(0, y, width, 1, row, 0, width);
        for (int argb : row) {
          rgb[k++] = (byte) (argb >> 16);
          rgb[k++] = (byte) (argb >> 8);
          rgb[k++] = (byte) argb;
          if (argb >>> 24 != 255) {
            transparent++;
          }
        }
      }
    }
    if (transparent > 0) {
      // What lies below is for the one who made it to say: black and white give other verdicts.
      throw new UnusableImageException(
          ("image '%s' has %d transparent pixels of %d, and nothing says what is seen through"
                  + " them; put it on a background, for instance with ImageMagick: magick IN"
                  + " -background white -flatten OUT.png")
              .formatted(name, transparent, width * height));
    }
    return Image.of(width, height, rgb);
  }

  /** Rounded, so that 65535 and 255 are both the brightest and the middle does not move. */
  private static byte toByte(int sample, int maximum) {
    return (byte) (maximum == 255 ? sample : (sample * 255L + maximum / 2) / maximum);
  }
}
