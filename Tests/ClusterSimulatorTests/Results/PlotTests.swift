import ClusterSimulator
import Fabric
import Foundation
import FoundationXML
import TestBench
import Testing

@Suite struct PlotTests {
  /// The classes and texts of a picture's elements, or nil if it is no XML.
  private func parsed(_ picture: String) -> [Element]? {
    let reader = PictureReader()
    let parser = XMLParser(data: Data(picture.utf8))
    parser.delegate = reader
    return parser.parse() ? reader.elements : nil
  }

  @Test func `a plot shows slots, configurations, applications, policies and units`() throws {
    let elements = try #require(parsed(SimulationReport.small.plot))
    let texts = Set(elements.filter { $0.name == "text" }.map(\.text))
    #expect(
      texts.isSuperset(of: [
        "two \"runs\" on zcu106-10-little", "slot 0", "slot 1", "a<b>&\"c\"", "lenet", "configuration", "fcfs",
        "time (s)", "response (s)", "part of the jobs", "100 %", "0.5", "fcfs, mean 2.067 s",
      ]))
    let paths = elements.filter { $0.name == "path" }
    // Two bars of each kind in the first sequence, and nothing of the second.
    #expect(paths.count { $0.attributes["class"] == "configuring" } == 1)
    #expect(paths.first { $0.attributes["class"] == "configuring" }?.attributes["d"]?.count { $0 == "M" } == 2)
    #expect(paths.first { $0.attributes["class"] == "f1" }?.attributes["d"] == "M92.5 109h290v11h-290z")
    #expect(paths.filter { $0.attributes["class"] == "line l0" }.count == 2)
  }

  @Test func `hostile names leave a plot well-formed and short`() throws {
    var report = SimulationReport.small
    let name = "</text><script>alert(1)</script>\u{0}\u{B}\u{FFFE}]]>&amp;'" + String(repeating: "x", count: 10_000)
    report.trace = name
    report.policies[0].policy = name
    report.policies[0].spans[0].application = name
    let elements = try #require(parsed(report.plot))
    #expect(!elements.contains { $0.name == "script" })
    #expect(elements.contains { $0.text.hasPrefix("</text><script>alert(1)") })
    #expect(report.plot.utf8.count < 20_000)
  }

  @Test func `a plot's size does not grow with the number of spans and jobs`() throws {
    var random = SeededRandom(seed: 4)
    var report = SimulationReport.small
    report.policies[0].spans = (0..<100_000).map { index in
      let name = "application \(Int.random(in: 0..<30, using: &random))"
      return SimulationReport.span(slot: index % 100, .running, name, index / 100 * 10, index / 100 * 10 + 9)
    }
    report.policies[0].jobs = (0..<100_000).map { index in
      let end = Duration.microseconds(Int.random(in: 1...900_000_000, using: &random))
      return PolicyReport.Job(sequence: 0, index: index, application: "a", batch: 1, arrival: .zero, end: end)
    }
    let picture = report.plot
    let elements = try #require(parsed(picture))
    #expect(picture.utf8.count < 64 * 2_000 * 30)
    #expect(elements.contains { $0.text == "fcfs (36 more slots not shown)" })
    #expect(elements.contains { $0.text == "20 more" })
  }

  @Test func `spans below half a pixel are merged by what fills most of it`() throws {
    var report = SimulationReport.small
    // A column is 10 ms; the first is a's for 6 of 10, the second b's for 7, the third is mostly empty, the last ends the axis.
    report.policies[0].spans = [
      SimulationReport.span(slot: 0, .running, "a", 0, 3), SimulationReport.span(slot: 0, .running, "b", 3, 7),
      SimulationReport.span(slot: 0, .running, "a", 7, 13), SimulationReport.span(slot: 0, .running, "b", 13, 20),
      SimulationReport.span(slot: 0, .running, "b", 20, 24), SimulationReport.span(slot: 1, .running, "a", 0, 20_000),
    ]
    let paths = try #require(parsed(report.plot)).filter { $0.name == "path" }
    #expect(paths.first { $0.attributes["class"] == "f0" }?.attributes["d"]?.hasPrefix("M70 109h0.5v11h-0.5z") == true)
    #expect(paths.first { $0.attributes["class"] == "f1" }?.attributes["d"] == "M70.5 109h0.5v11h-0.5z")
  }

  @Test func `a report without jobs and spans is a plot with a title`() throws {
    let report = SimulationReport(trace: "t", board: "b", policies: [])
    let texts = try #require(parsed(report.plot)).filter { $0.name == "text" }
    #expect(texts.map(\.text) == ["t on b"])
  }

  @Test func `the plot of a small report is this text`() {
    #expect(SimulationReport.small.plot == PlotGolden.small)
  }
}

/// An element of a picture, with the text right inside it.
private struct Element {
  let name: String
  let attributes: [String: String]
  var text = ""
}

private final class PictureReader: NSObject, XMLParserDelegate {
  var elements: [Element] = []
  private var isInside = false

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append(Element(name: name, attributes: attributes))
    isInside = true
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    isInside = false
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if isInside { elements[elements.count - 1].text += text }
  }
}
