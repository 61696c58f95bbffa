import Manifest

/// Shows how far the files of a manifest have been taken in, where somebody watches.
struct ProgressBar {
    let isShown: Bool

    func show(_ progress: ApplyProgress) {
        guard isShown else { return }
        let width = 30
        let done = progress.totalBytes > 0 ? Double(progress.bytes) / Double(progress.totalBytes) : 1
        let filled = Int(min(1, max(0, done)) * Double(width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        Terminal.redraw("[\(bar)] \(progress.files)/\(progress.totalFiles) files, \(progress.bytes >> 20) MiB")
    }

    func clear() {
        if isShown { Terminal.redraw("") }
    }
}
