package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle that is not whole, not itself or not safe is refused, naming thing, place and cure. */
final class BundleBadInputTest {

  @TempDir Path temporary;
  private Path bundle = Path.of("");

  @BeforeEach
  void copy() {
    bundle = Shipped.copyTo(temporary.resolve("bundle"));
  }

  private <T extends ConfigException> T refused(Class<T> type) {
    T thrown = catchThrowableOfType(type, () -> Bundle.load(bundle));
    assertThat(thrown).as("the bundle must be refused with " + type.getSimpleName()).isNotNull();
    return thrown;
  }

  @Test
  void theUnspoiltCopyLoads() {
    assertThat(Bundle.load(bundle).name()).isEqualTo("traffic-signs");
  }

  @Test
  void aFolderWithoutListIsNoBundle() throws IOException {
    Files.delete(bundle.resolve("bundle.yaml"));
    assertThat(refused(MissingFileException.class)).hasMessageContaining("has no bundle.yaml");
  }

  @Test
  void aFolderThatDoesNotExist() {
    bundle = temporary.resolve("nowhere");
    assertThat(refused(MissingFileException.class)).hasMessageContaining("nowhere");
  }

  @Test
  void aChangedModelIsRefusedBeforeItIsLoaded() throws IOException {
    Path model = bundle.resolve("models/mobile-int8.tflite");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length / 2] ^= 1;
    Files.write(model, bytes);
    HashMismatchException e = refused(HashMismatchException.class);
    assertThat(e.file()).isEqualTo("models/mobile-int8.tflite");
    assertThat(e).hasMessageContaining("has SHA-256 " + BundleFiles.sha256(bytes));
  }

  @Test
  void aTruncatedModelIsRefused() throws IOException {
    try (RandomAccessFile f =
        new RandomAccessFile(bundle.resolve("models/res-int8.tflite").toFile(), "rw")) {
      f.setLength(1000);
    }
    assertThat(refused(HashMismatchException.class).file()).isEqualTo("models/res-int8.tflite");
  }

  @Test
  void hashesAreCheckedBeforeAnythingIsParsed() throws IOException {
    // This would break the schema, but the file is not even looked into.
    Files.writeString(bundle.resolve("policies/int8.yaml"), "nonsense: &a [*a]\n");
    assertThat(refused(HashMismatchException.class).file()).isEqualTo("policies/int8.yaml");
  }

  @Test
  void aMissingFileIsNamedWithTheLineThatListsIt() throws IOException {
    Files.delete(bundle.resolve("labels.txt"));
    MissingFileException e = refused(MissingFileException.class);
    assertThat(e.file()).isEqualTo("labels.txt");
    int line = Shipped.lineOf(bundle, "bundle.yaml", "\"labels.txt\"");
    assertThat(e).hasMessageStartingWith("bundle.yaml:" + line + ": file 'labels.txt' is listed");
  }

  @Test
  void anExtraFileIsNamed() throws IOException {
    Files.writeString(bundle.resolve("policies/evil.yaml"), "schema: 1\n");
    assertThat(refused(UnlistedFileException.class).file()).isEqualTo("policies/evil.yaml");
  }

  @Test
  void aListedPathThatClimbsOutIsRefused() throws IOException {
    Files.writeString(temporary.resolve("secret.txt"), "x");
    Path list = bundle.resolve("bundle.yaml");
    String text = Files.readString(list);
    Files.writeString(
        list,
        text.replace("files:\n", "files:\n  \"../secret.txt\": \"" + "0".repeat(64) + "\"\n"));
    UnsafePathException e = refused(UnsafePathException.class);
    assertThat(e.file()).isEqualTo("../secret.txt");
    int line = Shipped.lineOf(bundle, "bundle.yaml", "../secret.txt");
    assertThat(e).hasMessageStartingWith("bundle.yaml:" + line + ": path '../secret.txt'");
  }

  @Test
  void anAbsolutePathIsRefused() throws IOException {
    Path list = bundle.resolve("bundle.yaml");
    String text = Files.readString(list);
    Files.writeString(
        list, text.replace("files:\n", "files:\n  /etc/hostname: \"" + "0".repeat(64) + "\"\n"));
    assertThat(refused(UnsafePathException.class).file()).isEqualTo("/etc/hostname");
  }

  @Test
  void aModelPathThatClimbsOutIsRefused() {
    Shipped.edit(
        bundle, "models/mobile-int8.yaml", "models/mobile-int8.tflite", "../mobile-int8.tflite");
    InvalidConfigException e = refused(InvalidConfigException.class);
    assertThat(e.file()).isEqualTo("models/mobile-int8.yaml");
    assertThat(e.line()).isEqualTo(2);
  }

  @Test
  void aSymbolicLinkInTheBundleIsRefused() throws IOException {
    Path outside = Files.writeString(temporary.resolve("labels.txt"), "a\nb\n");
    Files.delete(bundle.resolve("labels.txt"));
    Files.createSymbolicLink(bundle.resolve("labels.txt"), outside);
    UnsafePathException e = refused(UnsafePathException.class);
    assertThat(e.file()).isEqualTo("labels.txt");
    assertThat(e).hasMessageContaining("symbolic link");
  }

  @Test
  void aLinkedFolderInTheBundleIsRefused() throws IOException {
    Files.move(bundle.resolve("profiles"), temporary.resolve("profiles"));
    Files.createSymbolicLink(bundle.resolve("profiles"), temporary.resolve("profiles"));
    assertThat(refused(UnsafePathException.class).file()).isEqualTo("profiles");
  }

  @Test
  void theBundleItselfMayBeReachedThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("current"), bundle);
    assertThat(Bundle.load(link).directory()).isEqualTo(bundle.toRealPath());
  }

  @Test
  void anOversizeFileIsRefused() throws IOException {
    try (RandomAccessFile f = new RandomAccessFile(bundle.resolve("labels.txt").toFile(), "rw")) {
      f.setLength(BundleFiles.MAX_TEXT_BYTES + 1);
    }
    assertThat(refused(OversizeFileException.class).file()).isEqualTo("labels.txt");
  }

  @Test
  void anOversizeListIsRefused() throws IOException {
    try (RandomAccessFile f = new RandomAccessFile(bundle.resolve("bundle.yaml").toFile(), "rw")) {
      f.setLength(BundleFiles.MAX_TEXT_BYTES + 1);
    }
    assertThat(refused(OversizeFileException.class).file()).isEqualTo("bundle.yaml");
  }

  @Test
  void aManifestForAnotherModelIsRefused() throws IOException {
    String res = Bundle.load(bundle).model("res-int8").sha256();
    String mobile = Bundle.load(bundle).model("mobile-int8").sha256();
    Shipped.edit(bundle, "models/mobile-int8.yaml", mobile, res);
    HashMismatchException e = refused(HashMismatchException.class);
    assertThat(e.file()).isEqualTo("models/mobile-int8.tflite");
    assertThat(e).hasMessageStartingWith("models/mobile-int8.yaml:3:");
  }

  @Test
  void aDefaultPolicyThatIsNotThereIsRefused() throws IOException {
    Path list = bundle.resolve("bundle.yaml");
    Files.writeString(
        list, Files.readString(list).replace("defaultPolicy: int8", "defaultPolicy: int9"));
    InvalidConfigException e = refused(InvalidConfigException.class);
    assertThat(e.line()).isEqualTo(Shipped.lineOf(bundle, "bundle.yaml", "defaultPolicy"));
    assertThat(e).hasMessageContaining("it has [float32, int8]");
  }

  @Test
  void anEmptyLabelIsNamedByItsLine() {
    Shipped.edit(bundle, "labels.txt", "Yield\n", "\n");
    InvalidConfigException e = refused(InvalidConfigException.class);
    assertThat(e.file()).isEqualTo("labels.txt");
    assertThat(e.line()).isEqualTo(14);
  }

  @Test
  void aPolicyThatIsNotThereIsAskedFor() {
    UnknownNameException e =
        catchThrowableOfType(UnknownNameException.class, () -> Bundle.load(bundle).policy("in8"));
    assertThat(e).hasMessageContaining("did you mean 'int8'?");
  }

  @Test
  void aBundleThatIsChangedAfterLoadingIsNoticedWhenTheModelIsRead() throws IOException {
    Bundle loaded = Bundle.load(bundle);
    Files.write(bundle.resolve("models/mobile-int8.tflite"), new byte[100]);
    assertThat(
            catchThrowableOfType(
                HashMismatchException.class, () -> loaded.modelBytes("mobile-int8")))
        .isNotNull();
  }
}
