// tls_identity_test.cpp: a node does not start with a certificate that the other nodes would refuse, and says when its own ends.
#include "actors/cluster/tls_identity.hpp"

#include <cstdlib>
#include <ctime>

#include "tests/actors/cluster/certificates.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
using chainring::tests::certificates;

namespace {

struct authorities : certificates {
  authorities() {
    make_authority("ours");
    make_authority("theirs");
  }

  /// Of a node that is started with these.
  result<std::shared_ptr<tls_identity>> identity(const std::string& name, const std::string& ca) const {
    return tls_identity::make(certificate(name), key(name), ca);
  }
  std::string complaint(const std::string& name, const std::string& ca) const {
    const auto made = identity(name, ca);
    REQUIRE_FALSE(made.ok());
    return to_line(made.error());
  }
};

} // namespace

TEST_CASE_METHOD(authorities, "A certificate of the authority is taken, for connecting and for listening", "[peers]") {
  sign("north", "ours");
  const auto made = identity("north", certificate("ours"));
  REQUIRE(made.ok());
  CHECK((*made)->fingerprint().size() == 64);
  for (const char* purpose : {"serverAuth", "clientAuth"}) {
    sign("half", "ours", {.purposes = purpose});
    CHECK_THAT(complaint("half", certificate("ours")),
               Catch::StartsWith("the certificate of [cluster] would be refused by the other nodes (") &&
                   Catch::Contains(certificate("half")));
  }
}

TEST_CASE_METHOD(authorities, "A certificate that is over, or not valid yet, ends the start", "[peers]") {
  sign("old", "ours", {.from_s = -2 * day_s, .till_s = -1});
  CHECK_THAT(complaint("old", certificate("ours")),
             Catch::StartsWith("the certificate of [cluster] has expired on 2") &&
                 Catch::EndsWith(" UTC: " + certificate("old") +
                                 ": renew it and start the node again: conf/README.md, Certificates"));
  sign("new", "ours", {.from_s = 3600});
  CHECK_THAT(complaint("new", certificate("ours")),
             Catch::StartsWith("the certificate of [cluster] is not valid before 2") &&
                 Catch::Contains(" UTC: " + certificate("new") + ": look at this machine's clock"));
  make_authority("over", {.from_s = -2 * day_s, .till_s = -1});
  sign("orphan", "over");
  CHECK_THAT(complaint("orphan", certificate("over")),
             Catch::StartsWith("the authority of the certificate of [cluster] has expired on 2") &&
                 Catch::Contains(" UTC: " + certificate("over")));
}

TEST_CASE_METHOD(authorities, "A certificate of another authority ends the start", "[peers]") {
  sign("north", "theirs");
  CHECK(complaint("north", certificate("ours")) ==
        "the certificate of [cluster] is not of the authority that ca names, " + certificate("ours") + ": " + certificate("north") +
            ": name the ca that has signed it, or make one that this ca signs: conf/cluster/make_certificates.py");
  CHECK_THAT(complaint("theirs", certificate("ours")), Catch::Contains("is not of the authority")); // one that signs itself
  sign("south", "ours");
  const auto mixed = tls_identity::make(certificate("south"), key("north"), certificate("ours"));
  REQUIRE_FALSE(mixed.ok());
  CHECK_THAT(to_line(mixed.error()), Catch::Contains("key values mismatch"));
}

TEST_CASE_METHOD(authorities, "While the authority is renewed nodes take certificates of both", "[peers]") {
  sign("north", "ours");
  sign("south", "theirs");
  const auto both = together({"ours", "theirs"});
  CHECK(identity("north", both).ok());
  CHECK(identity("south", both).ok());
}

TEST_CASE_METHOD(authorities, "A month before the end the node says so, whichever certificate ends first", "[peers]") {
  const auto now_s = static_cast<std::int64_t>(std::time(nullptr));
  sign("north", "ours", {.till_s = 100 * day_s});
  const auto made = *identity("north", certificate("ours"));
  CHECK(std::abs(made->ends_s() - now_s - 100 * day_s) < 600);
  CHECK_FALSE(made->ends_soon(made->ends_s() - 31 * day_s));
  const auto warned = made->ends_soon(made->ends_s() - 12 * day_s);
  REQUIRE(warned);
  CHECK_THAT(to_line(*warned), Catch::StartsWith("the certificate of [cluster] ends on 2") &&
                                   Catch::Contains(" UTC, in 12 days: ") && Catch::Contains(": " + certificate("north") + ": "));
  make_authority("short", {.till_s = 10 * day_s});
  sign("long", "short");
  const auto under = *identity("long", certificate("short"));
  CHECK(std::abs(under->ends_s() - now_s - 10 * day_s) < 600);
  CHECK_THAT(to_line(*under->ends_soon(now_s)), Catch::StartsWith("the authority of the certificate of [cluster] ends on 2") &&
                                                    Catch::Contains(certificate("short")));
}
