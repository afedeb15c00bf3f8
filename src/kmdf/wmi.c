/* SPDX-License-Identifier: MIT */
/* Objects that management data would be asked of: they are there, and nobody asks. */
#include "kmdf/device.h"

struct wmi_provider {
	struct pnpn_wdf_object object;
};

struct wmi_instance {
	struct pnpn_wdf_object object;
	struct wmi_provider *
		provider; /* its parent, but where the driver named another: that one outlives it then */
};

static WDFDEVICE wmi_device(struct pnpn_wdf_object *object)
{
	return (WDFDEVICE)pnpn_wdf_object_ancestor(object, PNPN_WDF_DEVICE);
}

NTSTATUS WdfDeviceAssignMofResourceName(WDFDEVICE device, PCUNICODE_STRING name)
{
	pnpn_wdf_object_of(device, PNPN_WDF_DEVICE);
	return STATUS_SUCCESS;
}

NTSTATUS WdfWmiProviderCreate(WDFDEVICE device, PWDF_WMI_PROVIDER_CONFIG config,
			      PWDF_OBJECT_ATTRIBUTES attributes, WDFWMIPROVIDER *ret)
{
	if (config->Size != sizeof(*config))
		return STATUS_INFO_LENGTH_MISMATCH;
	return pnpn_wdf_object_new(sizeof(struct wmi_provider), PNPN_WDF_WMI_PROVIDER, attributes,
				   pnpn_wdf_object_of(device, PNPN_WDF_DEVICE), ret);
}

WDFDEVICE WdfWmiProviderGetDevice(WDFWMIPROVIDER provider)
{
	return wmi_device(pnpn_wdf_object_of(provider, PNPN_WDF_WMI_PROVIDER));
}

BOOLEAN WdfWmiProviderIsEnabled(WDFWMIPROVIDER provider, WDF_WMI_PROVIDER_CONTROL control)
{
	pnpn_wdf_object_of(provider, PNPN_WDF_WMI_PROVIDER);
	return FALSE;
}

NTSTATUS WdfWmiInstanceCreate(WDFDEVICE device, PWDF_WMI_INSTANCE_CONFIG config,
			      PWDF_OBJECT_ATTRIBUTES attributes, WDFWMIINSTANCE *ret)
{
	WDFWMIPROVIDER provider = config->Provider;
	struct wmi_instance *instance;

	if (config->Size != sizeof(*config))
		return STATUS_INFO_LENGTH_MISMATCH;
	if (!provider && !config->ProviderConfig)
		return STATUS_WDF_PARENT_NOT_SPECIFIED;
	NTSTATUS status = provider ? STATUS_SUCCESS
				   : WdfWmiProviderCreate(device, config->ProviderConfig, NULL,
							  &provider);
	if (NT_SUCCESS(status))
		status = pnpn_wdf_object_new(sizeof(*instance), PNPN_WDF_WMI_INSTANCE, attributes,
					     pnpn_wdf_object_of(provider, PNPN_WDF_WMI_PROVIDER),
					     &instance);
	if (!NT_SUCCESS(status))
		return status;
	instance->provider = (struct wmi_provider *)provider;
	if (ret)
		*ret = (WDFWMIINSTANCE)instance;
	return STATUS_SUCCESS;
}

NTSTATUS WdfWmiInstanceRegister(WDFWMIINSTANCE instance)
{
	pnpn_wdf_object_of(instance, PNPN_WDF_WMI_INSTANCE);
	return STATUS_SUCCESS;
}

VOID WdfWmiInstanceDeregister(WDFWMIINSTANCE instance)
{
	pnpn_wdf_object_of(instance, PNPN_WDF_WMI_INSTANCE);
}

WDFDEVICE WdfWmiInstanceGetDevice(WDFWMIINSTANCE instance)
{
	return wmi_device(pnpn_wdf_object_of(instance, PNPN_WDF_WMI_INSTANCE));
}

WDFWMIPROVIDER WdfWmiInstanceGetProvider(WDFWMIINSTANCE instance)
{
	return (WDFWMIPROVIDER)PNPN_WDF_CAST(wmi_instance, instance, PNPN_WDF_WMI_INSTANCE)
		->provider;
}

NTSTATUS WdfWmiInstanceFireEvent(WDFWMIINSTANCE instance, ULONG size, PVOID data)
{
	pnpn_wdf_object_of(instance, PNPN_WDF_WMI_INSTANCE);
	return STATUS_UNSUCCESSFUL;
}
