import Fabric
import SlotAllocator
import Testing

@Suite struct StagePlannerTests {
  let chain = TestApplication.chain("A", "B", "C", bundles: [["A", "B"]])

  /// An image in slot 0 for every task.
  func singles(of application: TestApplication) throws -> [Image] {
    try application.tasks.map { try application.image(of: $0.name, .little, slots: [0]) }
  }

  /// The tasks of each stage, part by part: `A`, `AB` for a serial bundle, `A|B` for a parallel one; nil if there are too few.
  func names(_ application: TestApplication, _ images: [Image], _ finished: Int...) throws -> [String]? {
    let decoded = try application.decoded()
    var progress = decoded.progress()
    for (task, count) in zip(decoded.tasks, finished) { progress[task.name] = count }
    return StagePlanner.stages(for: decoded, images: images, progress: progress)?.map { stage in
      stage.parts.map { $0.tasks.map { decoded.tasks[$0].name.text }.joined() }.joined(separator: "|")
    }
  }

  func stages(_ application: TestApplication, _ images: [Image]) throws -> [Stage] {
    let decoded = try application.decoded()
    return try #require(StagePlanner.stages(for: decoded, images: images, progress: decoded.progress()))
  }

  @Test func `tasks alone come first, then bundles in each mode that has an image`() throws {
    let serial = try chain.image(ofBundle: ["A", "B"], slots: [4, 2])
    let parallel = try chain.image(ofBundle: ["A", "B"], mode: .parallel, slots: [4])
    #expect(try names(chain, singles(of: chain)) == ["A", "B", "C"])
    #expect(try names(chain, singles(of: chain) + [parallel, serial]) == ["A", "B", "C", "AB", "A|B"])
    #expect(try names(chain, singles(of: chain) + [parallel]) == ["A", "B", "C", "A|B"])
    let bundle = try stages(chain, singles(of: chain) + [serial])[3]
    #expect(bundle.image == serial.id && bundle.slotKind == .big && bundle.slots == [slot(2), slot(4)])
    #expect(bundle.bundle?.index == 0 && bundle.bundle?.mode == .serial)
  }

  @Test func `the time of a launch is the task's, or the bundle's in its mode`() throws {
    let bundles = try BundleMode.allCases.map { try chain.image(ofBundle: ["A", "B"], mode: $0, slots: [4]) }
    let stages = try stages(chain, singles(of: chain) + bundles)
    #expect(stages.map(\.estimatedSeconds) == [5e-6, 5e-6, 5e-6, 10e-6, 6e-6])
  }

  @Test func `a bundle can carry a task that has no image, and then no other of its tasks runs alone`() throws {
    let c = try chain.image(of: "C", .little, slots: [0])
    let a = try chain.image(of: "A", .little, slots: [0])
    let serial = try chain.image(ofBundle: ["A", "B"], slots: [4])
    #expect(try names(chain, [serial, c]) == ["C", "AB"])
    #expect(try names(chain, [a, serial, c]) == ["C", "AB"], "A could come ahead of B, which could not follow")
    let parallel = try chain.image(ofBundle: ["A", "B"], mode: .parallel, slots: [4])
    #expect(try names(chain, [a, parallel, c]) == ["A", "C", "A|B"], "B follows by itself in its part")
    #expect(try names(chain, [a, serial, parallel, c]) == ["A", "C", "AB", "A|B"])
  }

  @Test func `a serial bundle alone suffices only where its tasks are equally far, a parallel one always`() throws {
    let c = try chain.image(of: "C", .little, slots: [0])
    let serial = try chain.image(ofBundle: ["A", "B"], slots: [4])
    let parallel = try chain.image(ofBundle: ["A", "B"], mode: .parallel, slots: [4])
    #expect(try names(chain, [serial, c], 3, 3, 1) == ["C", "AB"])
    #expect(try names(chain, [serial, c], 3, 2, 1) == nil)
    #expect(try names(chain, [parallel, c], 3, 2, 1) == ["C", "A|B"])
    #expect(try names(chain, singles(of: chain) + [serial], 3, 2, 2) == ["A", "B", "C", "AB"], "it may serve later")
  }

  @Test func `a task without an image leaves nothing`() throws {
    #expect(try names(chain, singles(of: chain).filter { $0.name != "B" }) == nil)
    #expect(try names(chain, []) == nil)
  }

  @Test func `arguments are the edges that go in and out of a part`() throws {
    let diamond = TestApplication(
      tasks: [
        TestTask("S", reads: ["in"], writes: ["left", "right"]), TestTask("L", reads: ["left"], writes: ["done"]),
        TestTask("J", reads: ["right", "done", "in"], writes: ["out"]),
      ])
    let application = try diamond.decoded()
    #expect(
      try stages(diamond, singles(of: diamond)).map { ports(of: $0.parts[0], in: application) } == [
        ["i0:in", "o0:left", "o1:right"], ["i0:left", "o0:done"], ["i0:right", "i1:done", "i2:in", "o0:out"],
      ])
  }

  @Test func `an edge inside a bundle is no argument of a serial one, and two of a parallel one`() throws {
    let application = try chain.decoded()
    let bundles = try BundleMode.allCases.map { try chain.image(ofBundle: ["A", "B"], mode: $0, slots: [4]) }
    let stages = try stages(chain, singles(of: chain) + bundles)
    #expect(stages[3].parts.map { ports(of: $0, in: application) } == [["i0:in", "o0:from-B"]])
    #expect(
      stages[4].parts.map { ports(of: $0, in: application) } == [
        ["0.i0:in", "0.o0:from-A"], ["1.i0:from-A", "1.o0:from-B"],
      ])
  }

  private func ports(of part: Stage.Part, in application: Application) -> [String] {
    (part.inputs + part.outputs).map { "\($0.argument):\(application.edges[$0.edge].name)" }.sorted()
  }

  @Test(arguments: [(2, 1), (1, 2)])
  func `an image whose arguments are not just the connected ones is not used`(inputs: Int, outputs: Int) throws {
    let single = TestApplication.chain("A")
    let function = #"{"kernel": "\#(try single.task("A").kernel)"}"#
    let wide = TestTask(
      "A", reads: (0..<inputs).map { "r\($0)" }, writes: (0..<outputs).map { "w\($0)" })
    let other = try makeImage(
      name: "other", function: function, kind: .little, slots: [0], arguments: wide.arguments())
    #expect(try names(single, [other]) == nil)
    let right = try single.image(of: "A", .little, slots: [0])
    #expect(try stages(single, [other, right]).map(\.image) == [right.id])
  }
}
