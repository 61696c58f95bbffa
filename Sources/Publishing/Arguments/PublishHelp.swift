/// The texts of `--help` and `--version`.
public enum PublishHelp {
    /// The release that this client belongs to.
    public static let version = "0.1.0"

    private static let column = 26

    /// The whole help.
    public static var text: String {
        """
        Publish files of a CI job to artifactd: pack them, make a pipeline and a job, upload, and finish both.

        usage: artifactd publish --url URL --project PROJECT --ref REF --job NAME [options] PATH...
               artifactd publish --url URL --project PROJECT --ref REF --keep-open
               artifactd publish --url URL --project PROJECT --pipeline ID --job NAME [--finish] PATH...
               artifactd publish --url URL --project PROJECT --pipeline ID --finish

        Files and directories are stored under their paths in the working directory, with modes and symbolic links, and
        without times: the same content gives the same archive. Symbolic links are never followed. The program is
        artifactd-publish, which needs no other part of artifactd.

        \(Option.all.map(line).joined(separator: "\n"))

        The access token (scope api, developer) comes from ARTIFACTD_TOKEN or --token-file. Broken connections and answers
        that ask for another try are tried again; a pipeline, a job and an upload are made once all the same.

        Standard output gets the download URLs, one a line. Exit status: 0 done, 64 usage, 65 bad data (a missing file, an
        unknown project), 69 unavailable, 70 internal, 77 not allowed, 78 configuration, 128 and the signal if interrupted;
        the job has then been ended as failed.
        """
    }

    private static func line(_ option: Option) -> String {
        let form = "  --" + option.name + (option.value.map { " " + $0 } ?? "")
        let padding = String(repeating: " ", count: max(2, column + 2 - form.count))
        return form + padding + option.help
    }
}
