internal import Fabric

/// How the kernels of a catalogue are named.
struct KernelNaming {
  private let publisher: String
  private let ambiguous: Set<String>

  init(_ catalogue: CatalogueEntry) {
    publisher = if case .byPolicy = catalogue.configurationTimes { "nimblock" } else { "versaslot" }
    var owners: [String: Set<String>] = [:]
    for (name, application) in catalogue.applications {
      for task in application.tasks { owners[task.kernel, default: []].insert(name) }
    }
    ambiguous = Set(owners.filter { $0.value.count > 1 }.keys)
  }

  /// `publisher/kernel@1`; with the application before the kernel where several applications have one of that name.
  ///
  /// They are different kernels then: Nimblock has two `bundle1`, with images and times of their own (its configurations
  /// 4 and 31).
  func kernel(
    of task: CatalogueTaskEntry, at place: String, in application: String
  ) throws(ManifestError) -> KernelName {
    let name = ambiguous.contains(task.kernel) ? "\(application).\(task.kernel)" : task.kernel
    guard let kernel = KernelName("\(publisher)/\(name)@1") else {
      throw ManifestError(.outOfRange, at: place, "'\(name)' is too long for a kernel's name")
    }
    return kernel
  }
}
