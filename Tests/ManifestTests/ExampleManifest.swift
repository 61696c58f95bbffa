/// A manifest with every key there is, as the documentation of the format shows it.
enum ExampleManifest {
    static let yaml = """
        users:
          - username: root            # unique key
            id: 1
            name: Administrator
            email: root@example.com
            admin: true               # default false
            auditor: false
            external: false
            state: active
            access_tokens:
              - name: laptop          # key within the user
                token: glpat-abcdefghij0123456789
                scopes: [api]
                expires_at: 2027-01-01
                revoked: false
          - username: dev
        groups:
          - path: acme/platform
            id: 10
            visibility: private
            members: [{user: dev, role: developer, expires_at: now+30d}]
            invited_groups: [{group: contractors, role: reporter}]
            access_tokens: [{name: ci, token: glpat-group00000000000001, role: reporter, scopes: [read_api]}]
          - path: contractors
          - path: partners
        projects:
          - path: acme/platform/site
            id: 1
            name: site
            visibility: private
            public_jobs: true
            builds_access_level: enabled
            keep_latest_artifact: true
            archived: false
            default_branch: main
            previous_paths: [acme/old-site]
            protected_refs: [{name: main, push_access_level: maintainer}]
            members: [{user: dev, role: developer}]
            invited_groups: [{group: contractors, role: developer}]
            access_tokens: [{name: bot, token: glpat-project000000000001, role: maintainer, scopes: [api]}]
            job_token_scope:
              inbound_enabled: true
              inbound_allowlist: [{project: acme/app, policies: [read_jobs]}, {group: partners}]
              outbound_enabled: false
              outbound_allowlist: [{project: acme/app}]
            pipelines:
              - key: other-key
                ref: main
                id: 99
                created_at: now-2d
                status: running
              - key: nightly
                id: 100
                iid: 7
                ref: main
                tag: false
                sha: 0ff3ae198f8601a285adcf5c0fff204ee6fba5fd
                source: push
                status: success
                parent: other-key
                created_at: now-1d
                jobs:
                  - key: build
                    id: 42
                    name: build
                    stage: build
                    status: success
                    allow_failure: false
                    when: on_success
                    retried: false
                    user: dev
                    token: glcbt-job0000000000000001
                    failure_reason: script_failure
                    tags: [docker, "two words"]
                    coverage: 81.5
                    created_at: now-1d
                    started_at: now-1d
                    finished_at: now-23h
                    erased_at: null
                    artifacts:
                      - type: archive
                        format: zip
                        file: dist/site.zip
                        filename: artifacts.zip
                        expire_at: now+30d
                        access: all
                      - {type: junit, file: dist/junit.xml.gz, expire_in: 1 week}
          - path: acme/app
        """
}
