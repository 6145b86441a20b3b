import Fabric
import Foundation
import Testing
import TestBench

@Suite struct ManifestSyntaxTests {
  @Test(arguments: [
    ("", "line 1, byte 1: a value is needed"),
    ("\u{FEFF}{}", "line 1, byte 1: a value is needed"),
    ("nul", "line 1, byte 1: a value is needed"),
    ("{\"schema\": 1,\n \"name\": }", "line 2, byte 10: a value is needed"),
    ("{\"schema\": 1,}", "line 1, byte 14: a key is needed"),
    ("{\"schema\" 1}", "line 1, byte 11: a colon is needed after a key"),
    ("{\"schema\": 1 \"name\"}", "line 1, byte 14: a comma or the object's end is needed"),
    ("{\"tasks\": [1,]}", "line 1, byte 14: a value is needed"),
    ("{\"tasks\": [1 2]}", "line 1, byte 14: a comma or the list's end is needed"),
    ("{\"schema\": 1} {", "line 1, byte 15: the text goes on after its value"),
    ("{\"schema\": 01}", "line 1, byte 14: a number does not begin with 0"),
    ("{\"schema\": 1.}", "line 1, byte 14: a digit is needed"),
    ("{\"schema\": 1e+}", "line 1, byte 15: a digit is needed"),
    ("{\"schema\": -}", "line 1, byte 13: a digit is needed"),
    ("{\"name\": \"a", "line 1, byte 12: a text has no closing quote"),
    ("{\"name\": \"a\n\"}", "line 1, byte 12: a text holds a control character"),
    ("{\"name\": \"\\q\"}", "line 1, byte 13: no escape is written so"),
    ("{\"name\": \"\\", "line 1, byte 12: no escape is written so"),
    ("{\"name\": \"\\u12\"}", "line 1, byte 13: \\u needs four hexadecimal digits"),
    ("{\"name\": \"\\u+123\"}", "line 1, byte 13: \\u needs four hexadecimal digits"),
    ("{\"name\": \"\\uDC00\"}", "line 1, byte 17: half a surrogate pair is no character"),
    (String(repeating: "[", count: 100_000), "line 1, byte 17: there are more than 16 levels"),
  ])
  func `what is not JSON is refused where it breaks`(_ text: String, _ detail: String) throws {
    let found = try #require(fault(of: Array(text.utf8), as: Application.self))
    #expect(found == ManifestError(.notJSON, at: ".", detail))
  }

  @Test func `bytes that are not UTF-8 are refused`() throws {
    let wide = Array("{\"schema\": 1}".utf16.flatMap { [0, UInt8($0 & 0xFF)] })
    for bytes in [[0xFF, 0xFE, 0x7B], Array("{\"name\": \"".utf8) + [0xC0, 0x80, 0x22, 0x7D], wide] {
      #expect(fault(of: bytes, as: Application.self)?.fault == .notJSON)
    }
  }

  @Test func `a manifest above the limit is not even parsed`() {
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: Limits.manifestByteCount + 1)
    #expect(fault(of: bytes, as: Application.self)?.fault == .tooLarge)
    #expect(fault(of: Array(bytes.dropLast()), as: Application.self)?.fault == .notJSON)
  }

  @Test func `escapes stand for what they say`() throws {
    let text = String(decoding: Good.application.bytes, as: UTF8.self)
      .replacing("\"name\":\"diamond\"", with: "\"n\\u0061me\" :\t\"di\\u0061mond\"")
      .replacing("for tests", with: "\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9 \\ud83d\\ude00")
    #expect(try Application(manifest: Array(text.utf8)).name == "diamond")
  }

  @Test(arguments: ["1.0", "1e0", "10E-1", "99999999999999999999"])
  func `a number that is not written as a whole one is refused`(_ number: String) {
    let found = fault(of: Array("{\"schema\": \(number)}".utf8), as: Application.self)
    #expect(found?.fault == .outOfRange)
    #expect(found?.place == "schema")
  }

  @Test func `a key that Unicode holds for equal to a right one is refused`() throws {
    let text = String(decoding: Good.image.bytes, as: UTF8.self)
    for kelvin in ["\u{212A}", "\\u212a"] {
      let found = try #require(
        fault(of: Array(text.replacing("slotKind", with: "slot\(kelvin)ind").utf8), as: Image.self))
      #expect(found.fault == .unknownKey)
      #expect(Array(found.place.utf8) != Array("slotKind".utf8))
    }
  }

  @Test func `an error shows no control characters of a stranger's text`() throws {
    let found = try #require(fault(of: Array(#"{"schema": 1, "\u001b[2J\u202e": 0}"#.utf8), as: Application.self))
    #expect(found.fault == .unknownKey)
    #expect(found.place == "?[2J?")
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `no edit of any manifest crashes a decoder`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for good in [Good.application, Good.image, Good.board] {
      for _ in 0..<100 {
        var bad = good
        for _ in 0..<Int.random(in: 1...3, using: &random) { bad.editKey(using: &random) }
        var bytes = bad.bytes
        if Bool.random(using: &random) {
          bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        for found in [fault(of: bytes, as: Application.self), fault(of: bytes, as: Image.self)] {
          #expect(found?.message.isEmpty != true)
        }
        #expect(fault(of: bytes, as: BoardDescriptor.self)?.message.isEmpty != true)
      }
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `a key twice is refused wherever it is`(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      var bad = Good.application
      let place = bad.duplicateKey(using: &random)
      let found = fault(of: bad.bytes, as: Application.self)
      #expect(found?.fault == .duplicateName)
      #expect(found?.place == place)
    }
  }
}

extension JSON {
  /// Takes a random key out, or adds it a second time.
  fileprivate mutating func editKey(using random: inout SeededRandom) {
    guard Bool.random(using: &random) else {
      _ = duplicateKey(using: &random)
      return
    }
    guard let steps = objectSteps.randomElement(using: &random), var pairs = self[steps[...]]?.pairs, !pairs.isEmpty
    else { return }
    pairs.remove(at: Int.random(in: pairs.indices, using: &random))
    self[steps[...]] = .object(pairs)
  }

  /// Adds a random key a second time; returns its place.
  fileprivate mutating func duplicateKey(using random: inout SeededRandom) -> String? {
    guard let steps = objectSteps.randomElement(using: &random), let pairs = self[steps[...]]?.pairs,
      let pair = pairs.randomElement(using: &random)
    else { return nil }
    self[steps[...]] = .object(pairs + [pair])
    return Self.place(steps + [.key(pair.key)])
  }
}
