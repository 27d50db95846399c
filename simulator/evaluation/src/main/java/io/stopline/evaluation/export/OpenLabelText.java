package io.stopline.evaluation.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Frames as ASAM OpenLABEL 1.0.0 has them: boxes by centre, width and height, one coordinate system
 * and one stream, both called {@code camera}. What is true and what was found are objects of their
 * own; the text {@code source} says which. Stateless.
 */
final class OpenLabelText {

  /** Value of {@code source} of what is true. */
  static final String TRUTH = "ground truth";

  /** Value of {@code source} of what was found. */
  static final String FOUND = "detection";

  /** The stream's name, and that of its coordinate system. */
  static final String CAMERA = "camera";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private OpenLabelText() {}

  /** Everything. */
  static ObjectNode of(FrameSet set) {
    ObjectNode root = JSON.objectNode();
    ObjectNode label = root.putObject("openlabel");
    label
        .putObject("metadata")
        .put("schema_version", "1.0.0")
        .put("name", set.name())
        .put("annotator", "Stopline " + set.version())
        .put("comment", set.command());
    label
        .putObject("coordinate_systems")
        .putObject(CAMERA)
        .put("type", "sensor_cs")
        .put("parent", "")
        .putArray("children");
    ObjectNode stream = label.putObject("streams").putObject(CAMERA).put("type", "camera");
    PinholeCamera camera = set.camera();
    if (camera != null && !set.frames().isEmpty()) {
      intrinsics(stream, set.frames().get(0), camera);
    }
    OpenLabelObjects objects = new OpenLabelObjects();
    ObjectNode frames = label.putObject("frames");
    for (int f = 0; f < set.frames().size(); f++) {
      frame(frames.putObject(Integer.toString(f)), set, f, objects);
    }
    ArrayNode intervals = label.putArray("frame_intervals");
    if (!set.frames().isEmpty()) {
      intervals.addObject().put("frame_start", 0).put("frame_end", set.frames().size() - 1);
    }
    label.set("objects", objects.toJson());
    return root;
  }

  private static void frame(ObjectNode node, FrameSet set, int f, OpenLabelObjects objects) {
    ExportedFrame frame = set.frames().get(f);
    ObjectNode properties = node.putObject("frame_properties");
    if (!Double.isNaN(frame.seconds())) {
      properties.put("timestamp", frame.seconds());
    }
    ObjectNode stream = properties.putObject("streams").putObject(CAMERA).put("uri", frame.file());
    if (set.camera() == null) {
      size(stream.putObject("stream_properties").putObject("intrinsics_pinhole"), frame);
    }
    ObjectNode shown = node.putObject("objects");
    for (TrueObject object : frame.truth()) {
      OpenLabelObject one = objects.of(TRUTH, object.object());
      one.call(object.label());
      OpenLabelData data = one.in(f);
      data.box(object.box());
      object.outlines().forEach(data::outline);
      data.put(new Attribute.Flag("judged", object.judged()));
      object.attributes().forEach(data::put);
      shown.putObject(one.uid()).set("object_data", data.toJson());
    }
    for (Detected found : frame.detected()) {
      OpenLabelObject one = objects.of(FOUND, found.object());
      OpenLabelData data = one.in(f);
      data.box(found.box());
      String label = found.label();
      if (label != null) {
        one.call(label);
        data.put(new Attribute.Text("label", label));
      }
      data.put(new Attribute.Num("confidence", found.score()));
      found.attributes().forEach(data::put);
      shown.putObject(one.uid()).set("object_data", data.toJson());
    }
  }

  private static void intrinsics(ObjectNode stream, ExportedFrame frame, PinholeCamera camera) {
    ObjectNode pinhole =
        size(stream.putObject("stream_properties").putObject("intrinsics_pinhole"), frame);
    double f = camera.focalPixels();
    ArrayNode matrix = pinhole.putArray("camera_matrix");
    for (double value :
        new double[] {f, 0, frame.width() / 2.0, 0, 0, f, frame.height() / 2.0, 0, 0, 0, 1, 0}) {
      matrix.add(value);
    }
    // As OpenCV orders them: k1, k2, both tangential ones, k3.
    pinhole
        .putArray("distortion_coeffs")
        .add(camera.k1())
        .add(camera.k2())
        .add(0.0)
        .add(0.0)
        .add(0.0);
  }

  private static ObjectNode size(ObjectNode pinhole, ExportedFrame frame) {
    return pinhole.put("width_px", frame.width()).put("height_px", frame.height());
  }
}
