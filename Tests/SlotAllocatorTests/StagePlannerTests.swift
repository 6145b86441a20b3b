import Fabric
import SlotAllocator
import Testing

@Suite struct StagePlannerTests {
  let chain = TestApplication.chain("A", "B", "C", bundles: [["A", "B"]])

  /// An image in slot 0 for every task.
  func singles(of application: TestApplication) throws -> [Image] {
    try application.tasks.map { try application.image(of: $0.name, .little, slots: [0]) }
  }

  func stages(of plan: StagePlan) -> [[String]] { plan.stages.map { $0.tasks.map(\.text) } }

  @Test func `bundles are preferred and every task by itself is the second plan`() throws {
    let images = try singles(of: chain) + [chain.image(ofBundle: ["A", "B"], slots: [4, 2])]
    let application = try chain.decoded()
    let plans = StagePlanner.plans(for: application, images: images, progress: application.progress())
    #expect(plans.map(stages) == [[["A", "B"], ["C"]], [["A"], ["B"], ["C"]]])
    #expect(plans[0].stages[0].image == images[3].id)
    #expect(plans[0].stages[0].slotKind == .big)
    #expect(plans[0].stages[0].slots == [slot(2), slot(4)])
    #expect(plans[0].stages[1].slotKind == .little)
  }

  @Test func `without a bundle's image there is one plan`() throws {
    let application = try chain.decoded()
    let plans = StagePlanner.plans(for: application, images: try singles(of: chain), progress: application.progress())
    #expect(plans.map(stages) == [[["A"], ["B"], ["C"]]])
  }

  @Test func `an image of a parallel bundle is not used for a serial one`() throws {
    let application = try chain.decoded()
    let images = try singles(of: chain) + [chain.image(ofBundle: ["A", "B"], mode: .parallel, slots: [4])]
    let plans = StagePlanner.plans(for: application, images: images, progress: application.progress())
    #expect(plans.map(stages) == [[["A"], ["B"], ["C"]]])
  }

  @Test func `a bundle counts only where its tasks have finished equally many items`() throws {
    let application = try chain.decoded()
    let images = try singles(of: chain) + [chain.image(ofBundle: ["A", "B"], slots: [4])]
    let uneven = StagePlanner.plans(for: application, images: images, progress: application.progress(3, 2, 2))
    #expect(uneven.map(stages) == [[["A"], ["B"], ["C"]]])
    let even = StagePlanner.plans(for: application, images: images, progress: application.progress(3, 3, 1))
    #expect(even.map(stages) == [[["A", "B"], ["C"]], [["A"], ["B"], ["C"]]])
  }

  @Test func `a bundle alone can carry tasks that have no image`() throws {
    let application = try chain.decoded()
    let images = try [chain.image(ofBundle: ["A", "B"], slots: [4]), chain.image(of: "C", .little, slots: [0])]
    let plans = StagePlanner.plans(for: application, images: images, progress: application.progress())
    #expect(plans.map(stages) == [[["A", "B"], ["C"]]])
    let uneven = StagePlanner.plans(for: application, images: images, progress: application.progress(1))
    #expect(uneven.isEmpty)
  }

  @Test func `a task without an image leaves no plan`() throws {
    let application = try chain.decoded()
    let images = try singles(of: chain).filter { $0.name != "B" }
    #expect(StagePlanner.plans(for: application, images: images, progress: application.progress()).isEmpty)
    #expect(StagePlanner.plans(for: application, images: [], progress: application.progress()).isEmpty)
  }

  @Test func `arguments are the edges that go in and out of a stage`() throws {
    let diamond = TestApplication(
      tasks: [
        TestTask("S", reads: ["in"], writes: ["left", "right"]), TestTask("L", reads: ["left"], writes: ["done"]),
        TestTask("J", reads: ["right", "done", "in"], writes: ["out"]),
      ])
    let application = try diamond.decoded()
    let plans = StagePlanner.plans(
      for: application, images: try singles(of: diamond), progress: application.progress())
    let plan = try #require(plans.first)
    let ports = plan.stages.map { stage in
      (stage.inputs + stage.outputs).map { "\($0.argument):\($0.edge)" }.sorted()
    }
    #expect(
      ports == [
        ["i0:in", "o0:left", "o1:right"], ["i0:left", "o0:done"], ["i0:right", "i1:done", "i2:in", "o0:out"],
      ])
  }

  @Test func `an edge inside a bundle is no argument of it`() throws {
    let application = try chain.decoded()
    let images = try singles(of: chain) + [chain.image(ofBundle: ["A", "B"], slots: [4])]
    let plans = StagePlanner.plans(for: application, images: images, progress: application.progress())
    let bundle = try #require(plans.first?.stages.first)
    #expect(bundle.inputs.map(\.edge.text) == ["in"])
    #expect(bundle.outputs.map(\.edge.text) == ["from-B"])
  }

  @Test(arguments: [(2, 1), (1, 2)])
  func `an image whose arguments are not just the connected ones is not used`(inputs: Int, outputs: Int) throws {
    let single = TestApplication.chain("A")
    let application = try single.decoded()
    let function = #"{"kernel": "\#(try single.task("A").kernel)"}"#
    let other = try makeImage(
      name: "other", function: function, kind: .little, slots: [0], inputs: inputs, outputs: outputs)
    #expect(StagePlanner.plans(for: application, images: [other], progress: application.progress()).isEmpty)
    let right = try single.image(of: "A", .little, slots: [0])
    let plans = StagePlanner.plans(for: application, images: [other, right], progress: application.progress())
    #expect(plans.first?.stages.first?.image == right.id)
  }
}
