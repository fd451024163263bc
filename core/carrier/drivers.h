/* SPDX-License-Identifier: MIT */
/* The drivers, one per file of this folder; carrier.c has the table. */
#ifndef CORE_CARRIER_DRIVERS_H
#define CORE_CARRIER_DRIVERS_H

#include "nevermiss/carrier.h"

extern const struct nm_carrier nm_carrier_asterisk;
extern const struct nm_carrier nm_carrier_codes;
extern const struct nm_carrier nm_carrier_cpl;
extern const struct nm_carrier nm_carrier_gateway;
extern const struct nm_carrier nm_carrier_manual;
extern const struct nm_carrier nm_carrier_sandbox;
extern const struct nm_carrier nm_carrier_telnyx;
extern const struct nm_carrier nm_carrier_twilio;
extern const struct nm_carrier nm_carrier_voipms;

#endif
