#include "support/suspicion.hpp"

namespace tests {

namespace {
const char* volatile suspected = "";
}

Suspicion::Suspicion(const char* likely_cause) { suspected = likely_cause; }
Suspicion::~Suspicion() { suspected = ""; }

const char* suspicion() { return suspected; }

}  // namespace tests
