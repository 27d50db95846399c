package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A model that reads its image in another way (blue first, channels first, grey), seen as one that
 * takes 1×H×W×3 with red first: what is written into {@link #input} is brought into the model's own
 * order at each {@link #invoke()}. Everything above it knows one kind of image. Belongs to one
 * thread at a time; allocates nothing when it runs.
 */
public final class RgbInput implements VisionModel {

  private final VisionModel model;
  private final PixelArranger arranger;
  private final TensorSpec spec;
  private final ByteBuffer written;
  private final ByteBuffer read;

  private RgbInput(VisionModel model, PixelArranger arranger) {
    this.model = model;
    this.arranger = arranger;
    this.spec = arranger.layout().asCallersWrite(model.inputs().get(0));
    this.written = ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
    this.read = model.input(0).order(ByteOrder.nativeOrder());
  }

  /**
   * The model itself if it takes 1×H×W×3 with red first, or does not take one image at all; else
   * the model behind such an input. Closing what is returned closes the model.
   *
   * @param order in which the model reads the channels; without meaning if it reads grey
   */
  public static VisionModel of(VisionModel model, ChannelOrder order) {
    List<Integer> shape = model.inputs().get(0).shape();
    if (model.inputs().size() != 1 || !ImageLayout.isOne(shape)) {
      return model; // what it takes instead, the caller says
    }
    ImageLayout layout = ImageLayout.of(shape);
    return layout.isPlain(order) ? model : new RgbInput(model, new PixelArranger(layout, order));
  }

  @Override
  public List<TensorSpec> inputs() {
    return List.of(spec);
  }

  @Override
  public List<TensorSpec> outputs() {
    return model.outputs();
  }

  @Override
  public ByteBuffer input(int index) {
    return written;
  }

  @Override
  public ByteBuffer output(int index) {
    return model.output(index);
  }

  @Override
  public void invoke() {
    arranger.arrange(spec.type(), written, read);
    model.invoke();
  }

  @Override
  public String delegate() {
    return model.delegate();
  }

  @Override
  public void close() {
    model.close();
  }
}
