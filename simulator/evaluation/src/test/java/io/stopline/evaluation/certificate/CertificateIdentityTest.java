package io.stopline.evaluation.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.robustness.Fallacy.Rule;
import io.stopline.sdk.certificate.Groups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate holds for its files, its runtime and its groups, and for nothing else. */
final class CertificateIdentityTest {

  private static final CertificateIdentity OURS =
      new CertificateIdentity(Map.of("local", "aa", "res", "bb"), "TensorFlow Lite 2, cpu", "cc");

  @TempDir Path folder;

  @Test
  void certificatesOfTheSameAreTaken() {
    assertThat(OURS.against(new CertificateIdentity(Map.of("l", "aa"), OURS.runtime(), "cc")))
        .isEmpty();
    assertThat(OURS.against(new CertificateIdentity(Map.of("l", "aa"), OURS.runtime(), "")))
        .isEmpty();
  }

  @Test
  void thoseOfAnotherFileRuntimeOrGroupTableAreRefused() {
    assertThat(OURS.against(new CertificateIdentity(Map.of("l", "ff"), OURS.runtime(), "cc")))
        .singleElement()
        .satisfies(f -> assertThat(f.rule()).isEqualTo(Rule.FOREIGN_CERTIFICATE))
        .satisfies(f -> assertThat(f.text()).contains("other files (local, res)", "'l'", "ff"));
    assertThat(OURS.against(new CertificateIdentity(Map.of("l", "aa"), "TensorFlow Lite 3", "cc")))
        .singleElement()
        .satisfies(f -> assertThat(f.text()).contains("TensorFlow Lite 3", "runtime of the field"));
    assertThat(OURS.against(new CertificateIdentity(Map.of("l", "aa"), OURS.runtime(), "dd")))
        .singleElement()
        .satisfies(f -> assertThat(f.text()).contains("group table"));
  }

  @Test
  void itIsReadFromAReportAndFromNothingElse() {
    ObjectNode report = new ObjectMapper().createObjectNode().put("command", "certify");
    report.set("identity", OURS.toJson());

    assertThat(CertificateIdentity.of(report)).isEqualTo(OURS);
    assertThatThrownBy(() -> CertificateIdentity.of(report.put("command", "attack")))
        .hasMessageContaining("stopline certify");
  }

  @Test
  void aGroupTableNamesEachClassOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("g.yaml"), "groups:\n  \"a\": [0, 2]\n  b: [1]\n");
    Groups groups = GroupTable.read(file, 3);

    assertThat(groups.of()).containsExactly(0, 1, 0);
    assertThat(GroupTable.sha256(groups))
        .isEqualTo(GroupTable.sha256(new Groups(List.of("x", "y"), List.of(0, 1, 0))))
        .isNotEqualTo(GroupTable.sha256(new Groups(List.of("a", "b"), List.of(0, 1, 1))));
    assertThatThrownBy(() -> GroupTable.read(file, 4))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("class 3 is in no group");
    Files.writeString(file, "groups:\n  a: [0, 1]\n  b: [1]\n");
    assertThatThrownBy(() -> GroupTable.read(file, 2)).hasMessageContaining("class 1");
    Files.writeString(file, "names: 3\n");
    assertThatThrownBy(() -> GroupTable.read(file, 2)).hasMessageContaining("groups:");
  }
}
