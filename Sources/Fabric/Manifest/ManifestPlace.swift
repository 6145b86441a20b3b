/// A place in a manifest, as errors name it; put together only when it is shown, so that going deeper costs O(1).
package indirect enum ManifestPlace {
  case whole
  case key(String, of: ManifestPlace)
  case index(Int, of: ManifestPlace)

  /// Such as `tasks[2].kernel`; `.` for the whole.
  package var text: String {
    switch self {
    case .whole: "."
    case .key(let key, .whole): key
    case .key(let key, let parent): "\(parent.text).\(key)"
    case .index(let index, let parent): "\(parent.text)[\(index)]"
    }
  }

  package func key(_ key: String) -> ManifestPlace { .key(key, of: self) }
  package func index(_ index: Int) -> ManifestPlace { .index(index, of: self) }
}
