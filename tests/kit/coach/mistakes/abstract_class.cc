// Says: leaves a pure virtual function unwritten
#include <aio/aio.hpp>

class MyClock : public aio::Clock {};

MyClock clock_of_mine;  // here
