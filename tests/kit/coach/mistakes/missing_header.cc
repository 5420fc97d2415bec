// Says: no such header
#include <aio/clocks.hpp>  // here
