// Says: a temporary value is none
#include <string>

void name(std::string& text) { text += "!"; }

void answer() { name(42); }  // here
