import Fabric
import SlotAllocator
import Testing

@Suite struct OptimalSlotCountTests {
  static func chain(
    _ microseconds: [Int], itemCount: Int, perConfiguration: Duration = .milliseconds(90), stageCount: Int = 1
  ) -> PipelineModel? {
    let elements = microseconds.enumerated().map { index, time in
      PipelineModel.Element(
        perLaunch: .microseconds(time), stageCount: stageCount, after: index == 0 ? [] : [index - 1])
    }
    return PipelineModel(elements: elements, itemCount: itemCount, perConfiguration: perConfiguration)
  }

  /// Layers of equal tasks, each of which takes the items of the whole layer before.
  static func layers(_ layers: [(count: Int, microseconds: [Int])], itemCount: Int) -> PipelineModel? {
    var elements: [PipelineModel.Element] = []
    var previous: [Int] = []
    for layer in layers {
      let first = elements.count
      for index in 0..<layer.count {
        let time = layer.microseconds[index % layer.microseconds.count]
        elements.append(.init(perLaunch: .microseconds(time), after: previous))
      }
      previous = Array(first..<elements.count)
    }
    return PipelineModel(elements: elements, itemCount: itemCount, perConfiguration: .microseconds(89_600))
  }

  static let imageCompression = [943_388, 684_727, 133_772, 133_991, 703_851, 869_325]
  static let opticalFlow = [843_610, 232_166, 185_482, 492_121, 504_672, 756_930, 783_327, 745_533, 377_923]

  /// VersaSlot's applications with 10 items and 90 ms per configuration, as an independent model of them gave, in seconds.
  static let published: [(name: String, microseconds: [Int], seconds: [Double])] = [
    ("image-compression", imageCompression, [35.2, 20.4, 19.7, 19.0, 18.3, 12.1]),
    ("lenet", [113_300, 50_575, 113_179], [3.0, 2.4, 1.4]),
    ("3d-rendering", [178_684, 106_395, 35_345], [3.5, 2.3, 2.0]),
    ("optical-flow", opticalFlow, [50.0, 29.4, 22.6, 18.8, 18.3, 17.6, 16.5, 12.6]),
  ]

  @Test(arguments: published.indices)
  func `the makespans of VersaSlot's applications are those of the independent model`(index: Int) throws {
    let (name, microseconds, seconds) = Self.published[index]
    let model = try #require(Self.chain(microseconds, itemCount: 10))
    let optimum = OptimalSlotCount(of: model, slotLimit: 8)
    #expect(optimum.isExact)
    for (makespan, expected) in zip(optimum.makespans, seconds) {
      #expect(abs(makespan.duration / .seconds(1) - expected) <= 0.051, "\(name)")
    }
  }

  @Test func `one slot takes every configuration and every launch in turn`() throws {
    let model = try #require(Self.chain([5, 3], itemCount: 4, perConfiguration: .microseconds(10)))
    let makespan = model.makespan(slotCount: 1)
    #expect(makespan.duration == .microseconds(10 + 4 * 5 + 10 + 4 * 3))
    #expect(makespan.order == [0, 1])
  }

  @Test func `a configuration hides behind the items before it`() throws {
    let model = try #require(Self.chain([5, 3], itemCount: 4, perConfiguration: .microseconds(10)))
    // Ready at 10 and 20; the second has items at 15, 20, 25, 30 and works from 20 on, ending with 23, 26, 29, 33.
    #expect(model.makespan(slotCount: 2).duration == .microseconds(33))
  }

  @Test func `a parallel bundle takes stages - 1 launches more than items`() throws {
    let bundle = PipelineModel.Element(perLaunch: .microseconds(7), stageCount: 3)
    let model = try #require(PipelineModel(elements: [bundle], itemCount: 10, perConfiguration: .microseconds(4)))
    #expect(model.makespan(slotCount: 1).duration == .microseconds(4 + 12 * 7))
  }

  @Test func `an item leaves a parallel bundle with the launch that takes in the item two later`() throws {
    let elements: [PipelineModel.Element] = [
      .init(perLaunch: .microseconds(100)), .init(perLaunch: .microseconds(1), stageCount: 3, after: [0]),
      .init(perLaunch: .microseconds(50), after: [1]),
    ]
    let model = try #require(PipelineModel(elements: elements, itemCount: 4, perConfiguration: .zero))
    // The bundle takes items in at 100, 200, 300, 400 and hands them on at 301, 401, 402, 403.
    #expect(model.makespan(slotCount: 3).duration == .microseconds(401 + 3 * 50))
  }

  @Test func `the knee is where speedup squared per slot is largest`() throws {
    // Ten launches of 1 s each, free configuration: T = 20, 11; T^2 k = 400, 242.
    let even = try #require(Self.chain([1_000_000, 1_000_000], itemCount: 10, perConfiguration: .zero))
    #expect(OptimalSlotCount(of: even, slotLimit: 8).count == 2)
    // T = 110, 101: a second slot is not worth it.
    let uneven = try #require(Self.chain([10_000_000, 1_000_000], itemCount: 10, perConfiguration: .zero))
    #expect(OptimalSlotCount(of: uneven, slotLimit: 8).count == 1)
    #expect(OptimalSlotCount(of: even, slotLimit: 1).makespans.count == 1)
    #expect(OptimalSlotCount(of: even, slotLimit: 0).count == 1)
  }

  @Test func `of two equal knees the smaller count is taken`() throws {
    // Nothing takes time: T = 0 for all counts.
    let model = try #require(Self.chain([0, 0, 0], itemCount: 3, perConfiguration: .zero))
    #expect(OptimalSlotCount(of: model, slotLimit: 3).count == 1)
  }

  @Test func `VersaSlot's applications have these knees`() throws {
    let knees = try Self.published.map { application in
      try [5, 10, 20, 30].map { items in
        OptimalSlotCount(of: try #require(Self.chain(application.microseconds, itemCount: items)), slotLimit: 8).count
      }
    }
    #expect(knees == [[2, 2, 6, 6], [3, 3, 3, 3], [2, 2, 2, 2], [3, 8, 8, 4]])
  }

  /// AlexNet's layers with the times that Nimblock's scheduler assumes.
  static let alexNetEstimates: [(count: Int, microseconds: [Int])] = [
    (4, [270_165]), (8, [259_625]), (4, [552_885]), (8, [207_390]), (8, [83_390]), (2, [21_080]), (2, [1_860]),
    (2, [7_130]),
  ]

  @Test func `layers of equal tasks need no search`() throws {
    let model = try #require(Self.layers(Self.alexNetEstimates, itemCount: 1))
    #expect(model.elements.count == 38)
    let optimum = OptimalSlotCount(of: model, slotLimit: 10, searchLimit: model.elements.count)
    #expect(optimum.isExact)
    #expect(optimum.count == 4)
    #expect(optimum.makespans[0].duration == .microseconds(7_755_580 + 38 * 89_600))
  }

  /// The times are those that a board measured for AlexNet's tasks.
  @Test func `tasks of a layer that differ slightly are bracketed within a hundredth`() throws {
    let layers = [
      [2_223_176, 2_225_471, 2_227_481, 2_199_903],
      [2_451_407, 2_458_905, 2_463_237, 2_527_343, 2_532_670, 2_532_374, 2_479_005, 2_473_418],
      [4_798_749, 4_802_439, 4_803_881, 4_771_379],
      [1_816_891, 1_822_517, 1_826_010, 1_853_039, 1_855_026, 1_855_636, 1_838_427, 1_834_730],
      [782_401, 791_001, 794_506, 815_685, 819_184, 818_885, 804_377, 798_455], [187_156, 187_831], [4_193, 4_193],
      [16_256, 16_256],
    ].map { (count: $0.count, microseconds: $0) }
    let optimum = OptimalSlotCount(of: try #require(Self.layers(layers, itemCount: 1)), slotLimit: 10)
    #expect(!optimum.isExact)
    #expect(optimum.makespans.allSatisfy { $0.gap <= 0.01 })
  }

  @Test func `a model beyond its limits is none`() {
    let element = PipelineModel.Element(perLaunch: .microseconds(1))
    func model(_ elements: [PipelineModel.Element], _ items: Int = 1, _ configuration: Duration = .zero) -> Bool {
      PipelineModel(elements: elements, itemCount: items, perConfiguration: configuration) != nil
    }
    #expect(model([element]))
    #expect(!model([]))
    #expect(model(Array(repeating: element, count: 64)))
    #expect(!model(Array(repeating: element, count: 65)))
    #expect(!model([element], 0))
    #expect(!model([element], 1025))
    #expect(!model([element], 1, .nanoseconds(-1)))
    #expect(!model([.init(perLaunch: .nanoseconds(-1))]))
    #expect(!model([.init(perLaunch: .seconds(1 << 40))]))
    #expect(!model(Array(repeating: .init(perLaunch: .seconds(1 << 24)), count: 5)))
    #expect(!model([element], 1, .seconds(1 << 40)))
    #expect(!model([.init(perLaunch: .zero, stageCount: 0)]))
    #expect(!model([.init(perLaunch: .zero, after: [0])]))
    #expect(!model([element, .init(perLaunch: .zero, after: [-1])]))
  }
}
