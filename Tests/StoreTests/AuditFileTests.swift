import Digests
import Fabric
import Foundation
import Store
import Testing

@Suite struct AuditFileTests {
  private let temporary: TemporaryFolder

  init() throws { self.temporary = try TemporaryFolder() }

  private func open(byteLimit: Int = AuditFile.byteLimit) throws -> AuditFile {
    try AuditFile(folder: temporary.path, byteLimit: byteLimit) { 1_795_287_600_123 }
  }

  private func reset(_ slot: Int) -> AuditEvent { .slotReset(SlotID(rawValue: slot)) }

  private func bytes(_ name: String = AuditFile.name) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: temporary.appending(name))))
  }

  private func entries(_ names: String...) throws -> [AuditEntry] {
    var chain = AuditChain()
    var entries: [AuditEntry] = []
    for name in names { try chain.follow(file: try bytes(name)) { entries.append($0) } }
    return entries
  }

  @Test func `a line is JSON with sorted keys, and begins a chain`() throws {
    let tenant = try #require(TenantName("lab"))
    try open().append(
      .imageConfigured(
        SlotID(rawValue: 3), ImageID(rawValue: Digest(of: [1])), partial: Digest(of: [2]), tenant: tenant,
        job: JobID(rawValue: 7)))
    let text = String(decoding: try bytes(), as: UTF8.self)
    #expect(
      text == """
        {"event":"imageConfigured","image":"\(Digest(of: [1]))","job":"7","number":1,"partial":"\(Digest(of: [2]))",\
        "previous":"\(String(repeating: "0", count: 64))","slot":3,"tenant":"lab","time":"2026-11-21T19:00:00.123Z"}

        """)
    #expect(try TemporaryFolder.permissions(temporary.appending(AuditFile.name)) == 0o600)
  }

  @Test func `every event comes back with what it says, each line with the SHA-256 of the one before`() throws {
    let log = try open()
    let reason = QuarantineReason(code: "c", message: "m", attempts: 3, since: TimeOfDay(nanoseconds: 1))
    let tenant = try #require(TenantName("lab"))
    let slot = SlotID(rawValue: 2)
    let events: [AuditEvent] = [
      .agentStarted(Incarnation(rawValue: .max)),
      .configurationFailed(
        slot, ImageID(rawValue: Digest(of: [1])), partial: Digest(of: [2]), tenant: tenant, job: JobID(rawValue: 8),
        code: "board.crcError"),
      .imageConfigured(
        slot, ImageID(rawValue: Digest(of: [1])), partial: Digest(of: [2]), tenant: nil, job: JobID(rawValue: .max)),
      .imageRefused(slot, partial: Digest(of: [2]), code: "bitstream.crcMismatch"), .slotBlanked(slot, tenant: tenant),
      .memoryZeroed(JobID(rawValue: 9), byteCount: 1 << 30), .slotQuarantined(slot, reason), .slotReset(slot),
    ]
    for event in events { try log.append(event) }
    let read = try entries(AuditFile.name)
    #expect(
      read.map(\.event) == [
        .agentStarted, .configurationFailed, .imageConfigured, .imageRefused,
        .slotBlanked, .memoryZeroed, .slotQuarantined, .slotReset,
      ])
    #expect(read.map(\.slot) == [nil, 2, 2, 2, 2, nil, 2, 2])
    #expect(read.map(\.code) == [nil, "board.crcError", nil, "bitstream.crcMismatch", nil, nil, "c", nil])
    #expect(read.map(\.job) == [nil, "8", "18446744073709551615", nil, nil, "9", nil, nil])
    #expect(read[0].incarnation == "18446744073709551615" && read[1].image == Digest(of: [1]))
    #expect(read[1].tenant == "lab" && read[4].tenant == "lab")
    #expect(read[5].byteCount == 1 << 30 && read[6].attempts == 3)
    let lines = try bytes().split(separator: UInt8(ascii: "\n"))
    #expect(read.dropFirst().map(\.previous) == lines.dropLast().map { Digest(of: Array($0)) })
  }

  @Test func `a second start goes on with the chain`() throws {
    for slot in 0..<3 { try open().append(reset(slot)) }
    let read = try entries(AuditFile.name)
    #expect(read.map(\.number) == [1, 2, 3])
    #expect(read.map(\.slot) == [0, 1, 2])
  }

  @Test func `a line that breaks off anywhere is cut off and said at the next start`() throws {
    let log = try open()
    try log.append(reset(0))
    let whole = try bytes().count
    try log.append(reset(1))
    let all = try bytes()
    for length in [0, 1, whole - 1, whole, whole + 1, whole + 40, all.count - 1, all.count] {
      try temporary.write(Array(all.prefix(length)), to: AuditFile.name)
      let kept = length == all.count ? all.count : length < whole ? 0 : whole
      let again = try open()
      #expect(again.cutByteCount == length - kept, "\(length)")
      #expect(try bytes() == Array(all.prefix(kept)))
      try again.append(reset(2))
      #expect(try entries(AuditFile.name).map(\.number) == Array(1...(kept == 0 ? 1 : kept == whole ? 2 : 3)))
    }
  }

  @Test func `a full file takes the older one's place, and the chain goes on over both`() throws {
    let limit = 1000
    let log = try open(byteLimit: limit)
    for slot in 0..<40 { try log.append(reset(slot)) }
    #expect(try bytes().count < limit)
    #expect(try bytes(AuditFile.olderName).count < limit)
    let read = try entries(AuditFile.olderName, AuditFile.name)
    #expect(read.last?.number == 40)
    #expect(read.map(\.slot) == Array((40 - read.count)..<40))
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: temporary.path)) == ["audit.log", "audit.log.1"])
    // As after a crash between the old file's renaming and the new one's first line.
    try temporary.write([], to: AuditFile.name)
    let last = try #require(try entries(AuditFile.olderName).last)
    try open(byteLimit: limit).append(reset(40))
    #expect(try entries(AuditFile.olderName, AuditFile.name).last?.number == last.number + 1)
  }

  @Test func `a file that ends with something else is no log`() throws {
    for text in ["hello\n", "{}\n", "{\"number\":9223372036854775807}\n", String(repeating: "x", count: 100_000)] {
      try temporary.write(Array(text.utf8), to: AuditFile.name)
      let error = #expect(throws: StoreError.self) { _ = try open() }
      #expect(error?.code == "store.corrupt", "\(text.prefix(20))")
    }
  }

  @Test func `a link in its place is not followed`() throws {
    try temporary.write([], to: "other")
    try FileManager.default.createSymbolicLink(
      atPath: temporary.appending(AuditFile.name), withDestinationPath: temporary.appending("other"))
    #expect(throws: StoreError.self) { _ = try open() }
  }

  // MARK: The chain

  @Test func `a change of any byte, and a line taken out, put in or moved, is found`() throws {
    let log = try open()
    for slot in 0..<3 { try log.append(reset(slot)) }
    let all = try bytes()
    let lines = all.split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
    let last = Digest(of: lines[2].dropLast())
    func isWhole(_ bytes: [UInt8]) -> Bool {
      var chain = AuditChain()
      do { try chain.follow(file: bytes) } catch { return false }
      return chain.lastDigest == last
    }
    #expect(isWhole(all))
    for index in all.indices {
      var changed = all
      changed[index] ^= 1
      #expect(!isWhole(changed), "byte \(index)")
    }
    for order in [[0, 2], [1, 0, 2], [0, 1, 1, 2], [0, 2, 1], [0, 1]] {
      #expect(!isWhole(order.flatMap { lines[$0] }), "\(order)")
    }
    #expect(!isWhole(all.dropLast()))
  }

  @Test func `what is wrong is told with both sides`() throws {
    let log = try open()
    for slot in 0..<3 { try log.append(reset(slot)) }
    let lines = try bytes().split(separator: UInt8(ascii: "\n")).map(Array.init)
    var chain = AuditChain()
    _ = try chain.follow(lines[0])
    #expect(throws: AuditError.outOfOrder(line: 2, expected: 2, found: 3)) { try chain.follow(lines[2]) }
    let forged = Array(String(decoding: lines[1], as: UTF8.self).replacing("\"slot\":1", with: "\"slot\":9").utf8)
    _ = try chain.follow(forged)
    #expect(
      throws: AuditError.chainBroken(line: 3, expected: Digest(of: forged), found: Digest(of: lines[1]))
    ) { try chain.follow(lines[2]) }
    #expect(throws: AuditError.self) { try chain.follow(Array(repeating: UInt8(ascii: "{"), count: 20_000)) }
    #expect(throws: AuditError.torn(byteCount: 1)) { try chain.follow(file: [1]) }
  }
}
