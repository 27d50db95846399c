package io.stopline.autodiff.operator;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A function written in TorchScript. It reaches the functions of PyTorch that DJL leaves out, such
 * as a ReLU6 whose gradient is one pass over memory instead of five, and calls several of them at
 * the price of one call from Java. Gradients flow through it as through any other array function.
 *
 * <p>A script is handed to PyTorch as the archive that {@code torch.jit.save} would write: a zip
 * with the source and the pickle of an object without fields.
 */
final class Script {
  private static final String ROOT = "script/";

  /** {@code __torch__.F()} with its one attribute {@code training = True}, by pickle protocol 2. */
  private static final byte[] OBJECT =
      "\u0080\u0002c__torch__\nF\n)\u0081}X\b\0\0\0training\u0088sb."
          .getBytes(StandardCharsets.ISO_8859_1);

  /** An empty tuple. */
  private static final byte[] CONSTANTS = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);

  private final PtSymbolBlock block;

  /**
   * @param manager frees the script when it closes
   * @param parameters names, all of type {@code Tensor}
   * @param body lines of TorchScript that return a tensor
   */
  Script(NDManager manager, List<String> parameters, List<String> body) {
    StringBuilder source =
        new StringBuilder(
            """
            class F(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.F""");
    parameters.forEach(p -> source.append(", ").append(p).append(": Tensor"));
    source.append(") -> Tensor:\n");
    body.forEach(line -> source.append("    ").append(line).append('\n'));
    try {
      this.block =
          new PtSymbolBlock(
              (PtNDManager) manager,
              JniUtils.loadModuleHandle(
                  new ByteArrayInputStream(archive(source.toString())),
                  Device.cpu(),
                  false,
                  false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  NDArray call(NDArray... arguments) {
    return IValueUtils.forward(block, new NDList(arguments), true).get(0);
  }

  private static byte[] archive(String source) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "data.pkl", OBJECT);
      put(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      put(zip, "constants.pkl", CONSTANTS);
      put(zip, "version", "3\n".getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(ROOT + name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
