package io.stopline.sdk.transform;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.TensorWriter;
import io.stopline.sdk.random.RandomStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Draws a {@link TransformChain} and writes the resulting view of an image straight into a model's
 * input tensor. The same image, seed, chain and tensor give the same bytes on every machine.
 *
 * <p>Holds its scratch memory: rendering allocates nothing, but once when an image is larger than
 * any before and has to be scaled down. Belongs to one thread.
 */
public final class TransformRenderer {

  /** Grey beside an image that keeps its aspect, as detectors know it from letterboxes. */
  private static final int BESIDE = 114;

  private final List<InputTransform> transforms;

  /** Where in {@link #draw} each transform's numbers begin. */
  private final int[] offsets;

  private final double[] draw;

  /** Index in {@link #draw} of the colour beyond the edges, or negative. */
  private final int fillAt;

  // Which of the transforms are of which kind, so that the hot path tests no types.
  private final List<GeometricTransform> geometric = new ArrayList<>();
  private final List<SpatialTransform> spatial = new ArrayList<>();
  private final List<PhotometricTransform> photometric = new ArrayList<>();
  private final int[] geometricOffsets;
  private final int[] spatialOffsets;
  private final int[] photometricOffsets;

  private final TensorSpec spec;

  /** Of the tensor; asking the specification each time would walk through its shape. */
  private final int bytes;

  private final int width;
  private final int height;
  private final boolean keepsAspect;
  private final TensorWriter writer;
  private final PictureCopy copy;
  private final boolean isShared;
  private final Resampler resampler;
  private final Homography map = new Homography();
  private final RandomStream random = new RandomStream(0);
  private final double[] curves = new double[3 * PhotometricTransform.CURVE_LENGTH];
  private final byte[] view;
  private final int[] pixels;
  private final SpatialScratch scratch;

  /**
   * @param spec the input tensor: 1×H×W×3, float32, uint8 or int8
   * @throws IllegalArgumentException if the tensor is not one RGB image
   */
  public TransformRenderer(TransformChain chain, TensorSpec spec, InputEncoding encoding) {
    this(chain, spec, encoding, false);
  }

  /**
   * @param spec the input tensor: 1×H×W×3, float32, uint8 or int8
   * @param keepsAspect whether the image is fitted into the middle of the view by one factor for
   *     both axes, the rest grey where the chain does not say otherwise; else it fills the view
   * @throws IllegalArgumentException if the tensor is not one RGB image
   */
  public TransformRenderer(
      TransformChain chain, TensorSpec spec, InputEncoding encoding, boolean keepsAspect) {
    this(chain, spec, encoding, keepsAspect, null);
  }

  /**
   * A renderer that shares its copy of the picture with others.
   *
   * @param spec the input tensor: 1×H×W×3, float32, uint8 or int8
   * @param keepsAspect whether the image is fitted into the middle of the view by one factor for
   *     both axes, the rest grey where the chain does not say otherwise; else it fills the view
   * @param shared whose owner has it {@linkplain PictureCopy#forget forget} a picture before its
   *     pixels change; null: every call looks at the image anew
   * @throws IllegalArgumentException if the tensor is not one RGB image
   */
  public TransformRenderer(
      TransformChain chain,
      TensorSpec spec,
      InputEncoding encoding,
      boolean keepsAspect,
      @Nullable PictureCopy shared) {
    this.keepsAspect = keepsAspect;
    isShared = shared != null;
    copy = shared == null ? new PictureCopy() : shared;
    List<Integer> shape = spec.shape();
    if (shape.size() != 4
        || shape.get(0) != 1
        || shape.get(1) < 1
        || shape.get(2) < 1
        || shape.get(3) != 3) {
      throw new IllegalArgumentException(
          "view '%s': tensor '%s' has shape %s; a view is one RGB image, 1×H×W×3"
              .formatted(chain.name(), spec.name(), shape));
    }
    this.spec = spec;
    bytes = spec.bytes();
    height = shape.get(1);
    width = shape.get(2);
    Image.checkSize(width, height);
    writer = new TensorWriter(spec, encoding);
    resampler = new Resampler(width, height, copy);
    view = new byte[3 * width * height];

    transforms = chain.transforms();
    offsets = new int[transforms.size()];
    int numbers = 0;
    int fill = GeometricTransform.REPEATS_EDGES;
    for (int i = 0; i < offsets.length; i++) {
      InputTransform transform = transforms.get(i);
      offsets[i] = numbers;
      if (transform instanceof GeometricTransform g) {
        geometric.add(g);
        fill = g.fillOffset() < 0 ? fill : numbers + g.fillOffset();
      } else if (transform instanceof SpatialTransform s) {
        spatial.add(s);
      } else if (transform instanceof PhotometricTransform p) {
        photometric.add(p);
      } else {
        throw new IllegalArgumentException(
            "view '%s': nothing renders transform '%s'".formatted(chain.name(), transform.name()));
      }
      numbers += transform.parameters();
    }
    fillAt = fill;
    draw = new double[numbers];
    geometricOffsets = offsetsOf(GeometricTransform.class);
    spatialOffsets = offsetsOf(SpatialTransform.class);
    photometricOffsets = offsetsOf(PhotometricTransform.class);
    boolean hasSpatial = !spatial.isEmpty();
    pixels = new int[hasSpatial ? view.length : 0];
    scratch = hasSpatial ? new SpatialScratch(width, height) : new SpatialScratch(0, 0);
  }

  private int[] offsetsOf(Class<? extends InputTransform> kind) {
    return IntStream.range(0, offsets.length)
        .filter(i -> kind.isInstance(transforms.get(i)))
        .map(i -> offsets[i])
        .toArray();
  }

  /**
   * Renders one draw.
   *
   * @param image all of it is the view; sampling beyond its edges repeats them, or fills them where
   *     the chain says so
   * @param seed decides every draw and all noise
   * @param tensor the input tensor's memory, native order, written from index 0; position and limit
   *     stay as they are
   * @throws IllegalArgumentException if the tensor's memory is too small or not in native order
   */
  public void render(Image image, long seed, ByteBuffer tensor) {
    if (tensor.limit() < bytes || tensor.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "tensor '%s' needs %d bytes in native order; the buffer has %d in %s"
              .formatted(spec.name(), bytes, tensor.limit(), tensor.order()));
    }
    drawAll(seed);
    if (photometric.isEmpty()) {
      writer.usePlainTable();
    } else {
      bendCurves();
      writer.useCurves(curves);
    }
    boolean copies = geometric.isEmpty() && image.width() == width && image.height() == height;
    if (copies && spatial.isEmpty()) {
      for (int y = 0; y < height; y++) {
        writer.write(image.data(), image.index(0, y), 3 * width, tensor, 3 * width * y);
      }
      return;
    }
    if (copies) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(image.data(), image.index(0, y), view, 3 * width * y, 3 * width);
      }
    } else {
      resample(image);
    }
    if (!spatial.isEmpty()) {
      changePixels(seed);
    }
    writer.write(view, 0, view.length, tensor, 0);
  }

  /** What {@link #render} draws for a seed, in the chain's order, for records and reports. */
  public List<TransformDraw> draws(long seed) {
    drawAll(seed);
    List<TransformDraw> draws = new ArrayList<>(transforms.size());
    for (int i = 0; i < offsets.length; i++) {
      InputTransform transform = transforms.get(i);
      List<Double> parameters =
          Arrays.stream(draw, offsets[i], offsets[i] + transform.parameters()).boxed().toList();
      draws.add(new TransformDraw(transform.name(), parameters));
    }
    return draws;
  }

  /** Each transform draws from a stream of its own, so that one does not shift the next. */
  private void drawAll(long seed) {
    for (int i = 0; i < offsets.length; i++) {
      random.reseed(RandomStream.derive(seed, i));
      transforms.get(i).draw(random, draw, offsets[i]);
    }
  }

  /** From the view to the image, both −1..1, as drawn last. */
  private void composeMap(Image image) {
    map.setIdentity();
    if (keepsAspect) {
      double across = (double) image.width() / width;
      double down = (double) image.height() / height;
      double larger = Math.max(across, down);
      map.multiply(larger / across, 0, 0, 0, larger / down, 0, 0, 0, 1);
    }
    for (int i = 0; i < geometricOffsets.length; i++) {
      geometric.get(i).compose(draw, geometricOffsets[i], map);
    }
  }

  /**
   * Where something of the image lies in the view that was rendered last: what the middles of the
   * four sides of its box span there, so that turning the view by a little does not enlarge it.
   *
   * @param box px of the image; null: nobody knows where
   * @param image that was rendered
   * @param place receives left, top, right and bottom, px of the view, not clipped; NaN for null
   */
  public void locate(@Nullable Region box, Image image, double[] place) {
    if (box == null) {
      Arrays.fill(place, 0, 4, Double.NaN);
      return;
    }
    composeMap(image);
    place[0] = place[1] = Double.POSITIVE_INFINITY;
    place[2] = place[3] = Double.NEGATIVE_INFINITY;
    double midX = box.x() + box.width() / 2.0;
    double midY = box.y() + box.height() / 2.0;
    span(midX, box.y(), image, place);
    span(midX, (double) box.y() + box.height(), image, place);
    span(box.x(), midY, image, place);
    span((double) box.x() + box.width(), midY, image, place);
  }

  /** Takes a point of the image into a place of the view, by the inverse of the map. */
  private void span(double pixelX, double pixelY, Image image, double[] place) {
    double x = 2 * pixelX / image.width() - 1;
    double y = 2 * pixelY / image.height() - 1;
    double a = map.get(0, 0);
    double b = map.get(0, 1);
    double c = map.get(0, 2);
    double d = map.get(1, 0);
    double e = map.get(1, 1);
    double f = map.get(1, 2);
    double g = map.get(2, 0);
    double h = map.get(2, 1);
    double i = map.get(2, 2);
    // The adjugate: a projective map's inverse up to a factor.
    double u = (e * i - f * h) * x + (c * h - b * i) * y + (b * f - c * e);
    double v = (f * g - d * i) * x + (a * i - c * g) * y + (c * d - a * f);
    double w = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d);
    double viewX = (u / w + 1) * width / 2;
    double viewY = (v / w + 1) * height / 2;
    place[0] = Math.min(place[0], viewX);
    place[1] = Math.min(place[1], viewY);
    place[2] = Math.max(place[2], viewX);
    place[3] = Math.max(place[3], viewY);
  }

  private void resample(Image image) {
    composeMap(image);
    if (fillAt < 0 && keepsAspect) {
      resampler.fillWith(BESIDE, BESIDE, BESIDE);
    } else if (fillAt < 0) {
      resampler.repeatEdges();
    } else {
      resampler.fillWith((int) draw[fillAt], (int) draw[fillAt + 1], (int) draw[fillAt + 2]);
    }
    resampler.resample(image, map, view);
    if (!isShared) {
      copy.forget();
    }
  }

  private void changePixels(long seed) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = view[i] & 0xff;
    }
    for (int i = 0; i < spatialOffsets.length; i++) {
      // Negative stream numbers: none of them feeds a draw.
      random.reseed(RandomStream.derive(seed, -1 - i));
      spatial.get(i).apply(draw, spatialOffsets[i], random, pixels, width, height, scratch);
    }
    for (int i = 0; i < pixels.length; i++) {
      view[i] = (byte) pixels[i];
    }
  }

  /** One curve serves the three channels up to the first transform that tells them apart. */
  private void bendCurves() {
    int length = PhotometricTransform.CURVE_LENGTH;
    for (int v = 0; v < length; v++) {
      curves[v] = v / 255.0;
    }
    int i = 0;
    for (; i < photometricOffsets.length && photometric.get(i).sameForEachChannel(); i++) {
      photometric.get(i).apply(draw, photometricOffsets[i], 0, curves, 0);
    }
    System.arraycopy(curves, 0, curves, length, length);
    System.arraycopy(curves, 0, curves, 2 * length, length);
    for (; i < photometricOffsets.length; i++) {
      for (int c = 0; c < 3; c++) {
        photometric.get(i).apply(draw, photometricOffsets[i], c, curves, length * c);
      }
    }
  }
}
