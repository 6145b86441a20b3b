import Fabric
import Foundation
import Testing

/// Holds schema, documentation and decoders together, by asking the decoders what they take.
@Suite struct SchemaTests {
  private static func schema() throws -> JSON { try JSON(parsing: contents(of: "Applications/schema.json")) }

  @Test func `the schema has the decoder's keys, required where it requires them`() throws {
    let schema = try Self.schema()
    var objectCount = 0
    func walk(_ node: JSON, at steps: [Step]) throws {
      let node = node["$ref"]?.string.flatMap { schema[$0.replacing("#/", with: "").replacing("/", with: ".")] } ?? node
      if node["type"]?.string == "array" {
        try walk(#require(node["items"]), at: steps + [.index(0)])
      }
      guard node["type"]?.string == "object" else { return }
      objectCount += 1
      let place = JSON.place(steps)
      let properties = try #require(node["properties"])
      let required = Set(node["required"]?.elements.compactMap(\.string) ?? [])
      #expect(node["additionalProperties"]?.bytes == JSON.truth(false).bytes, "\(place)")
      #expect(Set(properties.keys) == knownKeys(of: Application.self, in: Good.application, at: steps), "\(place)")
      for (key, child) in properties.pairs {
        let below = steps + [.key(key)]
        var without = Good.application
        without[below[...]] = nil
        let found = fault(of: without.bytes, as: Application.self)
        let isMissing = found?.fault == .missingKey && found?.place == JSON.place(below)
        #expect(isMissing == required.contains(key), "\(JSON.place(below))")
        try walk(child, at: below)
      }
    }
    try walk(schema, at: [])
    #expect(objectCount == 5)
  }

  @Test func `the schema has the decoder's limits`() throws {
    let properties = try #require(try Self.schema()["properties"])
    #expect(properties["tasks.maxItems"]?.integer == Limits.tasksPerApplication)
    #expect(properties["edges.maxItems"]?.integer == Limits.edgesPerApplication)
    #expect(properties["edges.items.properties.maximumByteCount.maximum"]?.integer == Limits.blobByteCount)
    #expect(properties["edges.items.properties.to.maxItems"]?.integer == Limits.tasksPerApplication)
    #expect(properties["bundles.maxItems"]?.integer == Limits.tasksPerApplication / 2)
    #expect(properties["schema.const"]?.integer == 1)
    #expect(try Self.schema()["$defs.kernel.maxLength"]?.integer == KernelName.maximumByteCount)
  }

  @Test func `the documentation names every key`() throws {
    let page = String(decoding: try contents(of: "Documentation/manifests.md"), as: UTF8.self)
    func expectNamed<Value: ManifestValue>(_ type: Value.Type, in good: JSON) {
      for steps in good.objectSteps {
        for key in knownKeys(of: type, in: good, at: steps) {
          #expect(page.contains("`\(key)`"), "\(JSON.place(steps + [.key(key)])) of \(type)")
        }
      }
    }
    expectNamed(Application.self, in: Good.application)
    expectNamed(Image.self, in: Good.image)
    expectNamed(BoardDescriptor.self, in: Good.board)
  }

  /// What the decoder says it knows when an object has a key that it does not.
  private func knownKeys<Value: ManifestValue>(of type: Value.Type, in good: JSON, at steps: [Step]) -> Set<String> {
    var manifest = good
    manifest[(steps + [.key("none-such")])[...]] = 0
    guard let found = fault(of: manifest.bytes, as: type), found.fault == .unknownKey,
      let list = found.detail.split(separator: ": ").last
    else { return [] }
    return Set(list.components(separatedBy: ", "))
  }
}
