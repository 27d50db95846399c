package io.stopline.campaign.proving;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A gate as a JUnit report, as CI servers read it: one test case a criterion, and one for the
 * gate's being open at all. Stateless.
 */
public final class JUnitXml {

  private JUnitXml() {}

  /**
   * Writes the report.
   *
   * @param campaign its name
   * @param command that repeats the run
   */
  public static String of(String campaign, GateResult gate, String command) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      long failed = gate.criteria().stream().filter(c -> !c.passed()).count();
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuites");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "campaign " + campaign);
      xml.writeAttribute("tests", String.valueOf(gate.criteria().size() + 1));
      xml.writeAttribute("failures", String.valueOf(failed + (gate.closed().isEmpty() ? 0 : 1)));
      xml.writeAttribute("errors", "0");
      xml.writeAttribute("skipped", "0");
      begin(xml, campaign, gate.guard(), "the gate is open");
      if (!gate.closed().isEmpty()) {
        failure(xml, "closed", String.join("\n", gate.closed()), command);
      }
      xml.writeEndElement();
      for (GateResult.Checked c : gate.criteria()) {
        begin(xml, campaign, gate.guard(), c.criterion().words());
        if (!c.passed()) {
          failure(xml, c.worse() ? "regression" : "limit", c.words(), command);
        }
        xml.writeEndElement();
      }
      xml.writeEndElement();
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("XML cannot be written to memory", e);
    }
    return text + "\n";
  }

  private static void begin(XMLStreamWriter xml, String campaign, String guard, String name)
      throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "campaign." + campaign + "." + guard);
    xml.writeAttribute("name", name);
    xml.writeAttribute("time", "0");
  }

  private static void failure(XMLStreamWriter xml, String type, String words, String command)
      throws XMLStreamException {
    xml.writeStartElement("failure");
    xml.writeAttribute("type", type);
    xml.writeAttribute("message", words);
    xml.writeCharacters(words + "\nrepeat: " + command);
    xml.writeEndElement();
  }
}
