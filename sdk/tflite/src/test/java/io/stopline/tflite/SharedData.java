package io.stopline.tflite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.testing.SharedFiles;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Models and images that are no part of the project; tests are skipped where they are absent. */
final class SharedData {

  private static final int SIDE = 32;
  private static final int COLUMNS = 30;

  private SharedData() {}

  static Path model(String file) {
    return SharedFiles.path("models/" + file);
  }

  static Path thirdParty(String file) {
    return SharedFiles.path("data/models/" + file);
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static JsonNode referenceOutputs() throws IOException {
    return new ObjectMapper().readTree(model("reference-outputs.json").toFile());
  }

  /** The images of the GTSRB test set with these numbers (order of index.csv), as RGB bytes. */
  static List<byte[]> testImages(List<Integer> numbers) throws IOException {
    Path test = SharedFiles.path("data/gtsrb/test");
    List<String> index = Files.readAllLines(test.resolve("index.csv"));
    List<byte[]> images = new ArrayList<>();
    for (int number : numbers) {
      String[] row = index.get(number + 1).split(",", -1);
      File sheet = test.resolve(row[0].endsWith(".png") ? row[0] : row[0] + ".png").toFile();
      int cell = Integer.parseInt(row[1]);
      BufferedImage image =
          ImageIO.read(sheet)
              .getSubimage((cell % COLUMNS) * SIDE, (cell / COLUMNS) * SIDE, SIDE, SIDE);
      byte[] rgb = new byte[SIDE * SIDE * 3];
      for (int i = 0; i < SIDE * SIDE; i++) {
        int pixel = image.getRGB(i % SIDE, i / SIDE);
        rgb[3 * i] = (byte) (pixel >> 16);
        rgb[3 * i + 1] = (byte) (pixel >> 8);
        rgb[3 * i + 2] = (byte) pixel;
      }
      images.add(rgb);
    }
    return images;
  }

  /** Pixels as the float32 models take them: pixel / 255. */
  static byte[] asFloat32(byte[] pixels) {
    ByteBuffer floats = ByteBuffer.allocate(4 * pixels.length).order(ByteOrder.nativeOrder());
    for (byte pixel : pixels) {
      floats.putFloat((pixel & 0xff) / 255f);
    }
    return floats.array();
  }
}
