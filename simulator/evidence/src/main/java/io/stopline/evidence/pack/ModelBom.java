package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.CalibrationFile;
import io.stopline.config.ModelManifest;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.result.AcceptedReport;
import io.stopline.evidence.result.Figure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.cyclonedx.Version;
import org.cyclonedx.exception.GeneratorException;
import org.cyclonedx.generators.json.BomJsonGenerator;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.Hash;
import org.cyclonedx.model.License;
import org.cyclonedx.model.LicenseChoice;
import org.cyclonedx.model.Metadata;
import org.cyclonedx.model.Property;
import org.cyclonedx.model.component.ModelCard;
import org.cyclonedx.model.component.data.ComponentData;
import org.cyclonedx.model.component.data.ComponentData.ComponentDataType;
import org.cyclonedx.model.component.data.DatasetChoice;
import org.cyclonedx.model.component.modelCard.Considerations;
import org.cyclonedx.model.component.modelCard.InputOutputParameter;
import org.cyclonedx.model.component.modelCard.ModelParameters;
import org.cyclonedx.model.component.modelCard.ModelParameters.Approach;
import org.cyclonedx.model.component.modelCard.ModelParameters.Approach.ApproachType;
import org.cyclonedx.model.component.modelCard.PerformanceMetric;
import org.cyclonedx.model.component.modelCard.PerformanceMetric.ConfidenceInterval;
import org.cyclonedx.model.component.modelCard.QuantitativeAnalysis;
import org.jspecify.annotations.Nullable;

/** {@code bom.cdx.json}: models with their cards, data sets and libraries, as CycloneDX 1.6. */
final class ModelBom {

  private static final String DATA = "data:";

  private ModelBom() {}

  static PackFile of(Inventory inventory, List<Library> libraries) {
    Bom bom = new Bom();
    bom.setVersion(1);
    bom.setSerialNumber(
        "urn:uuid:"
            + UUID.nameUUIDFromBytes(
                (inventory.item().bundleSha256() + inventory.date() + inventory.keyId())
                    .getBytes(StandardCharsets.UTF_8)));
    bom.setMetadata(metadata(inventory));
    for (ModelManifest model : inventory.bundle().models().values()) {
      bom.addComponent(model(inventory, model));
    }
    data(inventory).forEach(bom::addComponent);
    libraries.forEach(library -> bom.addComponent(library(library)));
    try {
      String json = new BomJsonGenerator(bom, Version.VERSION_16).toJsonString(true);
      return PackFile.text(
          PackFormat.BOM,
          json.replace("\r\n", "\n") + "\n",
          "application/vnd.cyclonedx+json; version=1.6",
          "bill of materials: models, data sets, libraries");
    } catch (GeneratorException e) {
      throw new IllegalStateException("the bill of materials cannot be written", e);
    }
  }

  private static Metadata metadata(Inventory inventory) {
    Component main = new Component();
    main.setType(Component.Type.APPLICATION);
    main.setBomRef("bundle");
    main.setName("stopline bundle " + inventory.item().bundle());
    main.setVersion(inventory.item().bundleVersion());
    main.addHash(new Hash(Hash.Algorithm.SHA_256, inventory.item().bundleSha256()));
    main.setDescription("The hash is that of bundle.yaml, which has the hash of every other file.");
    Metadata metadata = new Metadata();
    metadata.setTimestamp(Date.from(inventory.date()));
    metadata.setComponent(main);
    return metadata;
  }

  private static Component model(Inventory inventory, ModelManifest model) {
    Component component = new Component();
    component.setType(Component.Type.MACHINE_LEARNING_MODEL);
    component.setBomRef("model:" + model.name());
    component.setName(model.name());
    component.setVersion(inventory.item().bundleVersion());
    component.addHash(new Hash(Hash.Algorithm.SHA_256, model.sha256()));
    component.setLicenses(licence(model.licence()));
    component.setModelCard(card(inventory, model));
    return component;
  }

  private static LicenseChoice licence(String text) {
    License licence = new License();
    licence.setName(text);
    LicenseChoice choice = new LicenseChoice();
    choice.addLicense(licence);
    return choice;
  }

  private static ModelCard card(Inventory inventory, ModelManifest model) {
    ModelParameters parameters = new ModelParameters();
    Approach approach = new Approach();
    approach.setType(ApproachType.SUPERVISED);
    parameters.setApproach(approach);
    parameters.setTask(model.isDetector() ? "object detection" : "image classification");
    InputOutputParameter in = new InputOutputParameter();
    in.setFormat("RGB image, 8 bits a channel");
    InputOutputParameter out = new InputOutputParameter();
    out.setFormat(model.output().word());
    parameters.setInputs(List.of(in));
    parameters.setOutputs(List.of(out));
    List<DatasetChoice> sets = new ArrayList<>();
    for (String name : names(inventory)) {
      DatasetChoice choice = new DatasetChoice();
      choice.setRef(DATA + name);
      sets.add(choice);
    }
    if (!sets.isEmpty()) {
      parameters.setDatasets(sets);
    }
    Considerations considerations = new Considerations();
    considerations.setUsers(List.of("engineers of perception systems"));
    considerations.setUseCases(List.of("a model of a guard against altered traffic signs"));
    considerations.setTechnicalLimitations(
        List.of(
            "figures hold for the attacks, budgets and data of their reports",
            "see LIMITATIONS.md and bundle/models/" + model.name() + ".md of this pack"));
    ModelCard card = new ModelCard();
    card.setModelParameters(parameters);
    card.setConsiderations(considerations);
    List<PerformanceMetric> metrics = metrics(inventory, model);
    if (!metrics.isEmpty()) {
      QuantitativeAnalysis analysis = new QuantitativeAnalysis();
      analysis.setPerformanceMetrics(metrics);
      card.setQuantitativeAnalysis(analysis);
    }
    return card;
  }

  /** Headlines of reports that are about this model by its hash. */
  private static List<PerformanceMetric> metrics(Inventory inventory, ModelManifest model) {
    List<PerformanceMetric> metrics = new ArrayList<>();
    for (Figure figure : inventory.figures()) {
      if (!figure.value().isObject()
          || !figure.value().path("value").isNumber()
          || !isAbout(inventory, figure, model)) {
        continue;
      }
      PerformanceMetric metric = new PerformanceMetric();
      metric.setType(figure.name());
      metric.setValue(figure.value().path("value").asText());
      metric.setSlice("%s#%s".formatted(figure.file(), figure.pointer()));
      ConfidenceInterval interval = new ConfidenceInterval();
      interval.setLowerBound(figure.value().path("low").asText());
      interval.setUpperBound(figure.value().path("high").asText());
      metric.setConfidenceInterval(interval);
      metrics.add(metric);
    }
    return metrics;
  }

  private static boolean isAbout(Inventory inventory, Figure figure, ModelManifest model) {
    AcceptedReport source = inventory.reports().get(figure.file());
    if (source == null) {
      return false;
    }
    JsonNode report = source.json();
    String parent = figure.pointer().substring(0, figure.pointer().lastIndexOf('/'));
    if (report.at(parent).path("sha256").asText().equals(model.sha256())) {
      return true;
    }
    List<String> hashes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> hash : report.path("hashes").properties()) {
      if (hash.getKey().startsWith("model") || hash.getKey().startsWith("policy")) {
        hashes.add(hash.getValue().asText());
      }
    }
    return figure.headline() && hashes.equals(List.of(model.sha256()));
  }

  /** Data sets that anything of the pack names. */
  private static List<String> names(Inventory inventory) {
    List<String> names = new ArrayList<>();
    CalibrationFile calibration = calibration(inventory);
    if (calibration != null) {
      names.add(calibration.dataName());
    }
    for (ObjectNode sheet : inventory.dataSets().values()) {
      names.add(sheet.path("name").asText());
    }
    inventory.reports().values().stream()
        .map(report -> report.json().path("data").path("name").asText(""))
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return names.stream().distinct().sorted().toList();
  }

  private static @Nullable CalibrationFile calibration(Inventory inventory) {
    return inventory.item().calibrationSha256() == null
        ? null
        : inventory.bundle().calibration(inventory.policy());
  }

  private static List<Component> data(Inventory inventory) {
    List<Component> all = new ArrayList<>();
    for (String name : names(inventory)) {
      Component component = new Component();
      component.setType(Component.Type.DATA);
      component.setBomRef(DATA + name);
      component.setName(name);
      ComponentData data = new ComponentData();
      data.setType(ComponentDataType.DATASET);
      data.setName(name);
      CalibrationFile calibration = calibration(inventory);
      if (calibration != null && calibration.dataName().equals(name)) {
        component.addProperty(
            property("stopline:calibration:" + calibration.split(), calibration.dataSha256()));
      }
      inventory.dataSets().values().stream()
          .filter(sheet -> sheet.path("name").asText().equals(name))
          .findFirst()
          .ifPresent(sheet -> describe(component, data, sheet));
      component.setData(List.of(data));
      all.add(component);
    }
    return all;
  }

  private static void describe(Component component, ComponentData data, ObjectNode sheet) {
    if (sheet.path("licence").isTextual()) {
      component.setLicenses(licence(sheet.path("licence").asText()));
    }
    List<String> words = new ArrayList<>();
    for (JsonNode split : sheet.path("splits")) {
      words.add(
          "%s: %d inputs".formatted(split.path("name").asText(), split.path("inputs").asLong()));
      component.addProperty(
          property("stopline:split:" + split.path("name").asText(), split.path("sha256").asText()));
    }
    data.setDescription(String.join("; ", words));
  }

  private static Property property(String name, String value) {
    Property property = new Property();
    property.setName(name);
    property.setValue(value);
    return property;
  }

  private static Component library(Library library) {
    Component component = new Component();
    component.setType(Component.Type.LIBRARY);
    component.setBomRef("jar:" + library.sha256());
    component.setName(library.name());
    if (library.group() != null) {
      component.setGroup(library.group());
    }
    if (library.version() != null) {
      component.setVersion(library.version());
    }
    if (library.group() != null && library.version() != null) {
      component.setPurl(
          "pkg:maven/%s/%s@%s".formatted(library.group(), library.name(), library.version()));
    }
    component.addHash(new Hash(Hash.Algorithm.SHA_256, library.sha256()));
    return component;
  }
}
