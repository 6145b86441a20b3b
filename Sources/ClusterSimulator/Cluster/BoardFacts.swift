internal import BoardAgent
internal import Fabric
internal import SoftFPGA

/// What is the same for every board of a cluster: the descriptor, the images, and what a launch of each does.
struct BoardFacts {
  /// A launch's model: how long it takes, and what it says to have written.
  struct LaunchModel {
    let microseconds: Int
    let written: [WrittenOutput]
  }

  let descriptor: BoardDescriptor
  let images: [Image]
  private let launches: [ImageID: LaunchModel]

  init(_ descriptor: BoardDescriptor, images: [Image], itemByteCount: Int) {
    self.descriptor = descriptor
    self.images = images
    self.launches = Dictionary(
      images.map { image in
        let outputs = image.arguments.filter { $0.direction == .output }
        let written = outputs.map { WrittenOutput(argument: $0.name, byteCount: itemByteCount) }
        return (image.id, LaunchModel(microseconds: image.microsecondsPerLaunch, written: written))
      }
    ) { first, _ in first }
  }

  func launchModel(of image: ImageID) -> LaunchModel? { launches[image] }

  /// How long the board's storage takes to read a partial.
  func readNanoseconds(_ partial: PartialReference) -> Int64 {
    transferTime(of: partial.byteCount, bytesPerSecond: descriptor.storageBytesPerSecond).nanoseconds
  }
}
