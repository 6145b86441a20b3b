import Fabric
import TestBench
import Testing

@Suite struct TraceTests {
  private static let header = "sequence,arrival_s,application,batch,priority\n"

  private static func trace(_ rows: String) throws -> Trace { try Trace(csv: Array((header + rows).utf8)) }

  private static func fault(of text: String) -> TraceError? {
    do throws(TraceError) {
      _ = try Trace(csv: Array(text.utf8))
      return nil
    } catch { return error }
  }

  @Test func `rows decode in the order of the file`() throws {
    let trace = try Self.trace("1,0.05,lenet,30,9\r\n0,2,optical-flow,1,1\n1,0,lenet,1024,3")
    #expect(
      trace.entries == [
        Trace.Entry(sequence: 1, arrival: .milliseconds(50), application: "lenet", batch: 30, priority: 9),
        Trace.Entry(sequence: 0, arrival: .seconds(2), application: "optical-flow", batch: 1, priority: 1),
        Trace.Entry(sequence: 1, arrival: .zero, application: "lenet", batch: 1024, priority: 3),
      ])
  }

  @Test(
    arguments: [
      ("0.05", 50_000_000), ("0.1", 100_000_000), ("0.000000001", 1), ("00.30", 300_000_000), ("7", 7_000_000_000),
      ("0.15000000000000002", 150_000_000), ("0.9999999995", 1_000_000_000), ("0.9999999994", 999_999_999),
      ("1000000000", 1_000_000_000_000_000_000), ("999999999.999999999", 999_999_999_999_999_999),
    ] as [(String, Int64)])
  func `seconds are read digit by digit`(_ text: String, _ nanoseconds: Int64) throws {
    #expect(try Self.trace("0,\(text),a,1,1").entries[0].arrival == .nanoseconds(nanoseconds))
  }

  @Test(arguments: [
    ("", TraceError.badHeader(found: "")), ("\n", .badHeader(found: "")),
    ("sequence,arrival,application,batch,priority\n", .badHeader(found: "sequence,arrival,application,batch,priority")),
    ("\u{FEFF}x\u{1B}\n0", .badHeader(found: "???x?")),
    (header, .empty), (header + "\n", .wrongColumnCount(line: 2, found: 1)),
    (header + "0,0,a,1,1\n\n0,0,a,1,1", .wrongColumnCount(line: 3, found: 1)),
    (header + "0,0,a,1\n", .wrongColumnCount(line: 2, found: 4)),
    (header + "0,0,a,1,1,\n", .wrongColumnCount(line: 2, found: 6)),
  ])
  func `a text of another shape is refused`(_ text: String, _ error: TraceError) {
    #expect(Self.fault(of: text) == error)
  }

  @Test(
    arguments: [
      ("-1,0,a,1,1", .sequence, "-1"), ("2147483648,0,a,1,1", .sequence, "2147483648"), (",0,a,1,1", .sequence, ""),
      ("99999999999999999999,0,a,1,1", .sequence, "99999999999999999999"), (" 1,0,a,1,1", .sequence, " 1"),
      ("0,,a,1,1", .arrival, ""), ("0,.5,a,1,1", .arrival, ".5"), ("0,5.,a,1,1", .arrival, "5."),
      ("0,-1,a,1,1", .arrival, "-1"), ("0,1e3,a,1,1", .arrival, "1e3"), ("0,1.2.3,a,1,1", .arrival, "1.2.3"),
      ("0,1.-5,a,1,1", .arrival, "1.-5"), ("0,1000000000.000000001,a,1,1", .arrival, "1000000000.000000001"),
      ("0,nan,a,1,1", .arrival, "nan"), ("0,0,,1,1", .application, ""), ("0,0,../x,1,1", .application, "../x"),
      ("0,0,\u{1B}[2J,1,1", .application, "?[2J"), ("0,0,a,0,1", .batch, "0"), ("0,0,a,1025,1", .batch, "1025"),
      ("0,0,a,1.0,1", .batch, "1.0"), ("0,0,a,1,0", .priority, "0"), ("0,0,a,1,10", .priority, "10"),
      ("0,0,a,1,1\r\r", .priority, "1?"),
    ] as [(String, TraceColumn, String)])
  func `a bad value is named by line and column`(_ row: String, _ column: TraceColumn, _ found: String) {
    #expect(
      Self.fault(of: Self.header + "0,0,a,1,1\n" + row + "\n") == .badValue(line: 3, column: column, found: found))
  }

  @Test func `an error names both sides`() {
    let error = TraceError.badValue(line: 3, column: .batch, found: "0")
    #expect(error.message == "line 3, column batch: '0' is not a whole number from 1 to 1024")
  }

  @Test func `limits are named`() {
    let tooLarge = [UInt8](repeating: 0x30, count: Trace.maximumByteCount + 1)
    #expect(throws: TraceError.tooLarge(byteCount: tooLarge.count, limit: Trace.maximumByteCount)) {
      try Trace(csv: tooLarge)
    }
    let names = (0...Trace.maximumApplicationCount).map { "0,0,a\($0),1,1\n" }.joined()
    #expect(
      Self.fault(of: Self.header + names)
        == .tooManyApplications(line: Trace.maximumApplicationCount + 2, limit: Trace.maximumApplicationCount))
  }

  @Test func `entries are checked as rows are`() {
    func entry(_ arrival: Duration, _ application: String = "a", batch: Int = 1) -> Trace.Entry {
      Trace.Entry(sequence: 0, arrival: arrival, application: application, batch: batch, priority: 1)
    }
    #expect(throws: TraceError.empty) { try Trace([]) }
    #expect(throws: TraceError.badValue(line: 3, column: .batch, found: "1025")) {
      try Trace([entry(.zero), entry(.zero, batch: 1025)])
    }
    #expect(throws: TraceError.badValue(line: 2, column: .application, found: "a,b")) {
      try Trace([entry(.zero, "a,b")])
    }
    #expect(throws: TraceError.self) { try Trace([entry(.nanoseconds(-1))]) }
    #expect(throws: TraceError.self) { try Trace([entry(Duration(secondsComponent: 0, attosecondsComponent: 1))]) }
  }

  @Test func `the text is canonical`() throws {
    let text = Self.header + "3,0,a,1,1\n0,0.05,b-1,2,9\n0,12.000000001,a,1024,3\n0,1000000000,a,1,1\n"
    #expect(String(decoding: try Trace(csv: Array(text.utf8)).csv, as: UTF8.self) == text)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `what is written is read again`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let entries = (0..<500).map { _ in
      Trace.Entry(
        sequence: Int.random(in: Trace.sequences, using: &random),
        arrival: .nanoseconds(Int64.random(in: 0...1_000_000_000_000_000_000, using: &random)),
        application: "a\(Int.random(in: 0..<200, using: &random))",
        batch: Int.random(in: 1...Limits.itemsPerBatch, using: &random),
        priority: Int.random(in: Trace.priorities, using: &random))
    }
    let trace = try Trace(entries)
    #expect(try Trace(csv: trace.csv) == trace, "seed \(seed)")
  }

  @Test(arguments: [UInt64(11), 12, 13, 14])
  func `a damaged text is read or refused, and never more`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let good = Array((Self.header + "0,0.05,lenet,30,9\n1,2,optical-flow,1,1\n").utf8)
    for _ in 0..<500 {
      var bytes = good
      for _ in 0...Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      if let trace = try? Trace(csv: bytes) { #expect((try? Trace(csv: trace.csv)) == trace, "seed \(seed)") }
    }
  }
}
