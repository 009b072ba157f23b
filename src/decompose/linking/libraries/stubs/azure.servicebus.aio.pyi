from azure.servicebus import ServiceBusClient, ServiceBusReceiver, ServiceBusSender
